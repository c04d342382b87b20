# One interface target with what every target of the project is compiled with.
add_library(gronwall_compiler INTERFACE)
target_compile_options(gronwall_compiler INTERFACE -Wall -Wextra -Wpedantic
                       $<$<BOOL:${GRONWALL_WERROR}>:-Werror>)
# g++ 12 sees overlaps and overflows in "text" + std::string that are not there (GCC bug 105651).
target_compile_options(gronwall_compiler INTERFACE
                       $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict$<SEMICOLON>-Wno-stringop-overflow$<SEMICOLON>-Wno-array-bounds>)
if(GRONWALL_SANITIZE)
  target_compile_options(gronwall_compiler INTERFACE -fsanitize=${GRONWALL_SANITIZE}
                         -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(gronwall_compiler INTERFACE -fsanitize=${GRONWALL_SANITIZE})
endif()

# ccache where it stands ready; never needed.
find_program(GRONWALL_CCACHE ccache)
if(GRONWALL_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${GRONWALL_CCACHE}")
endif()

# gronwall_precompiled(TARGET): takes over the library's precompiled headers (see lib/CMakeLists.txt).
function(gronwall_precompiled target)
  target_precompile_headers(${target} REUSE_FROM gronwall_lib)
endfunction()
