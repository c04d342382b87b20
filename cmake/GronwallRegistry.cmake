# What is added in one file is found here: by glob, never by a list.

# gronwall_sources(OUT DIRECTORY...): every .cpp file below the directories.
function(gronwall_sources out)
  set(found "")
  foreach(directory IN LISTS ARGN)
    file(GLOB_RECURSE here CONFIGURE_DEPENDS "${directory}/*.cpp")
    list(APPEND found ${here})
  endforeach()
  list(SORT found)
  set(${out} "${found}" PARENT_SCOPE)
endfunction()

# gronwall_write_backends(DIRECTORY OUTPUT): reads every precision backend (a header that
# specialises `Backend<TYPE>` on a line of its own) and writes a header that includes them all
# and defines GRONWALL_FOR_EACH_BACKEND(X), and GRONWALL_FOR_EACH_FLOATING(X) over those that do not enclose.
function(gronwall_write_backends directory output)
  file(GLOB headers CONFIGURE_DEPENDS "${directory}/*.hpp")
  list(SORT headers)
  set(includes "")
  set(names "")
  set(uses "")
  set(floating "")
  set(number 0)
  foreach(header IN LISTS headers)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${header}")
    get_filename_component(name "${header}" NAME)
    file(STRINGS "${header}" line REGEX "^struct Backend<.*> ")
    if(NOT line MATCHES "struct Backend<([^:{]*)> *[:{]")
      message(FATAL_ERROR "${header} specialises no Backend<TYPE>: see CONTRIBUTING.md")
    endif()
    string(APPEND includes "#include <gronwall/real/backend/${name}>\n")
    string(APPEND names "using BackendType${number} = ${CMAKE_MATCH_1};\n")
    string(APPEND uses " X(::gronwall::real::BackendType${number})")
    file(STRINGS "${header}" encloses REGEX "bool encloses = true;")
    if(NOT encloses)
      string(APPEND floating " X(::gronwall::real::BackendType${number})")
    endif()
    math(EXPR number "${number} + 1")
  endforeach()
  file(CONFIGURE OUTPUT "${output}" @ONLY CONTENT
"// Written by CMake from the files of gronwall/real/backend; not to be edited.
#pragma once
@includes@
namespace gronwall::real {
@names@}  // namespace gronwall::real

// Applies X to the type of every precision backend.
#define GRONWALL_FOR_EACH_BACKEND(X)@uses@
// The same for those whose numbers are rounded and ordered.
#define GRONWALL_FOR_EACH_FLOATING(X)@floating@
")
endfunction()
