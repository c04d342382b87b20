# cmake -D SOURCE=... -D BUILD=... -D WORK=... -D COMPILER=... -D BUILD_TYPE=... -D CXX_FLAGS=... -D NINJA=... -P:
# Does what CONTRIBUTING.md says of a new activation and a new claim: puts one file each where it belongs, and nothing
# else, in a copy of the sources; configures; and sees both in the referee. Only what is new is compiled; the program is linked
# by the copy's own link command, with all other objects taken from the build that this test belongs to.
cmake_minimum_required(VERSION 3.25)

function(run what)
  execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${WORK}/build" OUTPUT_VARIABLE out ERROR_VARIABLE err RESULT_VARIABLE status)
  if(status)
    message(FATAL_ERROR "${what} failed with ${status}:\n${out}${err}")
  endif()
  set(out "${out}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}/source" "${WORK}/build")
file(COPY "${SOURCE}/CMakeLists.txt" "${SOURCE}/cmake" "${SOURCE}/lib" "${SOURCE}/verify" "${SOURCE}/reports"
     DESTINATION "${WORK}/source")

# One file each.
set(activation src/activation/log_cosh.cpp)
set(claim claims/outside/log_cosh.cpp)
configure_file("${SOURCE}/verify/test/outside/my_activation.cpp" "${WORK}/source/lib/${activation}" COPYONLY)
configure_file("${SOURCE}/verify/test/outside/my_claim.cpp" "${WORK}/source/verify/${claim}" COPYONLY)

run("Configuring the copy" "${CMAKE_COMMAND}" -S "${WORK}/source" -B "${WORK}/build" -G Ninja
    "-DCMAKE_MAKE_PROGRAM=${NINJA}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}"
    "-DCMAKE_CXX_FLAGS=${CXX_FLAGS}" -DGRONWALL_TESTS=OFF -DGRONWALL_BENCHMARKS=OFF)
set(new "lib/CMakeFiles/gronwall_lib.dir/${activation}.o" "verify/CMakeFiles/gronwall_claims.dir/${claim}.o")
run("Compiling the two files" "${NINJA}" ${new})

run("Asking for the link command" "${NINJA}" -t commands verify)
string(REGEX MATCH "[^\n]*-o verify/verify[^\n]*" link "${out}")
foreach(object IN LISTS new)
  string(FIND "${link}" "${object}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "${object} is not part of verify: the file was not found by its place")
  endif()
endforeach()
string(REGEX REPLACE "(lib|verify)/CMakeFiles/" "${BUILD}/\\1/CMakeFiles/" link "${link}")
foreach(object IN LISTS new)
  string(REPLACE "${BUILD}/${object}" "${object}" link "${link}")
endforeach()
run("Linking" sh -c "${link}")

run("verify list" verify/verify list outside)
foreach(id outside.log-cosh.as-stated outside.log-cosh.repaired)
  string(FIND "${out}" "${id}" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "verify list does not show ${id}:\n${out}")
  endif()
endforeach()
# The claim finds the activation by its name, and both are judged.
run("verify run" verify/verify run outside --cases 40 --output "${WORK}/report" --expected
    "${SOURCE}/verify/test/outside/expected.json")
run("verify list" verify/verify list)
string(REGEX MATCHALL "\n" lines "${out}")
list(LENGTH lines count)
if(count LESS 10)
  message(FATAL_ERROR "the claims of the suite are missing:\n${out}")
endif()
file(REMOVE_RECURSE "${WORK}")
