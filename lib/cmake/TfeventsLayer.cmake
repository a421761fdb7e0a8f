# One static library per layer folder. The target list is the architecture: a layer can link only
# what it names in USES, and tests/lint checks the #include lines against the same table.

set(TFEVENTS_WARNINGS
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
    -Woverloaded-virtual -Wold-style-cast -Wcast-align -Wformat=2 -Wimplicit-fallthrough
    $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond -Wlogical-op>)

# tfevents_layer(NAME SOURCES a.cpp … USES base io … LIBRARIES fmt::fmt …)
#
# Makes the library `tfevents_NAME` from the files of the current folder. USES names other layers,
# LIBRARIES packages; both are passed on to whoever links this layer.
function(tfevents_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_library(tfevents_${name} STATIC ${arg_SOURCES})
  target_include_directories(tfevents_${name} PUBLIC ${PROJECT_SOURCE_DIR}/lib)
  target_compile_options(tfevents_${name} PRIVATE ${TFEVENTS_WARNINGS})
  list(TRANSFORM arg_USES PREPEND tfevents_)
  target_link_libraries(tfevents_${name} PUBLIC ${arg_USES} ${arg_LIBRARIES})
endfunction()
