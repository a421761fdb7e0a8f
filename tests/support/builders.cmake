# Event files and log directories as tests want them, made by the project's own writer.
add_library(tfevents_test_builders STATIC damage.cpp logdir_builder.cpp)
target_compile_options(tfevents_test_builders PRIVATE ${TFEVENTS_WARNINGS})
target_link_libraries(tfevents_test_builders PUBLIC tfevents_test_support tfevents_event)
