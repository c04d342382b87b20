# cmake -D OUTPUT=... -D SOURCE=... -D VERSION=... -D COMPILER=... -D FLAGS=... -P: writes the header that tells a
# report which build it comes from, if it changed.
cmake_minimum_required(VERSION 3.25)

set(commit "unknown")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND "${GIT}" -C "${SOURCE}" rev-parse --short=12 HEAD OUTPUT_VARIABLE head
                  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit "${head}")
    execute_process(COMMAND "${GIT}" -C "${SOURCE}" status --porcelain --untracked-files=no OUTPUT_VARIABLE changed
                    ERROR_QUIET)
    if(changed)
      string(APPEND commit " with changes")
    endif()
  endif()
endif()

# RapidCheck's headers do not tell their version; its package does.
set(rapidcheck "unknown")
find_program(DPKG_QUERY dpkg-query)
if(DPKG_QUERY)
  execute_process(COMMAND "${DPKG_QUERY}" -W "-f=\${Version}" librapidcheck-dev OUTPUT_VARIABLE package ERROR_QUIET
                  RESULT_VARIABLE failed)
  if(NOT failed AND package)
    set(rapidcheck "${package}")
  endif()
endif()

file(CONFIGURE OUTPUT "${OUTPUT}" @ONLY CONTENT
"// Written by CMake at every build; not to be edited.
#pragma once

namespace gronwall::verify::build_info {
inline constexpr char version[] = R\"_(@VERSION@)_\";
inline constexpr char commit[] = R\"_(@commit@)_\";
inline constexpr char compiler[] = R\"_(@COMPILER@)_\";
inline constexpr char flags[] = R\"_(@FLAGS@)_\";
inline constexpr char rapidcheck[] = R\"_(@rapidcheck@)_\";
}  // namespace gronwall::verify::build_info
")
