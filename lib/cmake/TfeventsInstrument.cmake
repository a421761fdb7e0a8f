# Flags that must be the same in every file of the build, ours and generated, so they are set for the
# whole directory tree and not per target: an object without a sanitizer hides what the others see,
# and _FORTIFY_SOURCE in half of the files protects half of the program. The presets switch them.

set(TFEVENTS_SANITIZE "" CACHE STRING "Sanitizers of the whole build: address;undefined, thread, or fuzzer;… (clang)")
option(TFEVENTS_COVERAGE "Count executed lines and branches (gcov)" OFF)
option(TFEVENTS_HARDEN "Checked libc calls and stack protection, for release builds" OFF)

if(TFEVENTS_SANITIZE)
  # libFuzzer brings its own main: the code is prepared for it everywhere, but only the targets in
  # tests/fuzz link it.
  set(sanitizers ${TFEVENTS_SANITIZE})
  list(TRANSFORM sanitizers REPLACE "^fuzzer$" "fuzzer-no-link")
  list(JOIN sanitizers "," sanitizers)
  # -O1 keeps the slowdown bearable; frame pointers keep the stacks in reports whole.
  add_compile_options(-fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer -O1)
  add_link_options(-fsanitize=${sanitizers})
  # Container accesses out of range are undefined behaviour that only the library itself can see.
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()

if(TFEVENTS_COVERAGE)
  add_compile_options(--coverage -O0)
  add_link_options(--coverage)
endif()

if(TFEVENTS_HARDEN)
  # Needs optimisation: without it _FORTIFY_SOURCE is ignored with a warning.
  add_compile_options(-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
