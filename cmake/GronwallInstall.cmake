# What a project outside finds with find_package(gronwall COMPONENTS lib verify):
#
#   gronwall::lib          the mathematics
#   gronwall::verify       the referee with its claims
#   gronwall::verify_main  the same with its main(): a program of its own claims needs no more
#
# In the tree the parts are OBJECT libraries. Outside they are archives that are linked whole, or the linker would drop
# each file that only registers itself; the archives stay plain names, for linking one both plainly and whole is an error.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(config_directory "${CMAKE_INSTALL_LIBDIR}/cmake/gronwall")
set(referee_include "${CMAKE_INSTALL_INCLUDEDIR}/gronwall-verify")

# gronwall_install_component(COMPONENT TARGET...): installs the targets and the file that exports them.
function(gronwall_install_component component)
  install(TARGETS ${ARGN} EXPORT gronwall_${component} ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
  install(EXPORT gronwall_${component} NAMESPACE gronwall:: DESTINATION "${config_directory}"
          FILE gronwall-${component}.cmake)
endfunction()

# Outside, libraries are looked for by their names.
set(GRONWALL_BALL_NAMES "")
get_target_property(linked gronwall_lib INTERFACE_LINK_LIBRARIES)
foreach(path IN LISTS linked)
  if(path MATCHES "/lib((flint-)?arb|flint)\\.")
    list(APPEND GRONWALL_BALL_NAMES ${CMAKE_MATCH_1})
  endif()
endforeach()

add_library(gronwall_lib_archive STATIC $<TARGET_OBJECTS:gronwall_lib>)
set_target_properties(gronwall_lib_archive PROPERTIES OUTPUT_NAME gronwall EXPORT_NAME lib_archive LINKER_LANGUAGE CXX)
add_library(gronwall_lib_whole INTERFACE)
set_target_properties(gronwall_lib_whole PROPERTIES EXPORT_NAME lib)
target_compile_features(gronwall_lib_whole INTERFACE cxx_std_20)
target_include_directories(gronwall_lib_whole INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_link_libraries(gronwall_lib_whole INTERFACE
                      "$<INSTALL_INTERFACE:$<LINK_LIBRARY:WHOLE_ARCHIVE,gronwall::lib_archive>>"
                      Eigen3::Eigen Boost::headers fmt::fmt ${GRONWALL_BALL_NAMES} hwy openblas sleef tbb mpfr gmp)
gronwall_install_component(lib gronwall_lib_archive gronwall_lib_whole)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/lib/include/gronwall" "${PROJECT_BINARY_DIR}/lib/include/gronwall"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")

add_library(gronwall_verify_archive STATIC $<TARGET_OBJECTS:gronwall_engine> $<TARGET_OBJECTS:gronwall_claims>)
set_target_properties(gronwall_verify_archive PROPERTIES EXPORT_NAME verify_archive LINKER_LANGUAGE CXX)
add_library(gronwall_verify_whole INTERFACE)
set_target_properties(gronwall_verify_whole PROPERTIES EXPORT_NAME verify)
target_include_directories(gronwall_verify_whole INTERFACE "$<INSTALL_INTERFACE:${referee_include}>")
target_link_libraries(gronwall_verify_whole INTERFACE
                      gronwall_lib_whole
                      "$<INSTALL_INTERFACE:$<LINK_LIBRARY:WHOLE_ARCHIVE,gronwall::verify_archive>>"
                      rapidcheck nlohmann_json::nlohmann_json CLI11::CLI11 OpenSSL::Crypto)
add_library(gronwall_verify_main STATIC "${PROJECT_SOURCE_DIR}/verify/main.cpp")
set_target_properties(gronwall_verify_main PROPERTIES EXPORT_NAME verify_main)
target_include_directories(gronwall_verify_main PRIVATE "${PROJECT_SOURCE_DIR}")
target_link_libraries(gronwall_verify_main INTERFACE gronwall_verify_whole)
gronwall_install_component(verify gronwall_verify_archive gronwall_verify_whole gronwall_verify_main)
install(TARGETS verify verify-check RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
foreach(part IN ITEMS engine generators formats command)
  install(DIRECTORY "${PROJECT_SOURCE_DIR}/verify/${part}" DESTINATION "${referee_include}/verify"
          FILES_MATCHING PATTERN "*.hpp")
endforeach()

configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/gronwall-config.cmake.in"
                              "${PROJECT_BINARY_DIR}/gronwall-config.cmake" INSTALL_DESTINATION "${config_directory}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/gronwall-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/gronwall-config.cmake" "${PROJECT_BINARY_DIR}/gronwall-config-version.cmake"
        DESTINATION "${config_directory}")
