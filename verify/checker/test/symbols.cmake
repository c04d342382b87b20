# cmake -D NM=nm -D PROGRAM=verify-check -P symbols.cmake: fails where the program has code of the library, of the
# referee, or of the arithmetic that these use.
cmake_minimum_required(VERSION 3.25)
execute_process(COMMAND "${NM}" -C "${PROGRAM}" OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "gronwall::checker::")
  message(FATAL_ERROR "${PROGRAM} has no symbols of the checker: nothing can be seen in it.")
endif()
string(REGEX MATCHALL "[^\n]*(gronwall::(real|linalg|activation|series|ode|model|gaussian|kernel|training|verify)::|boost::multiprecision|Eigen::| arb_| mag_)[^\n]*"
       found "${symbols}")
# The checker has functions and a type of these names in its own namespace.
list(FILTER found EXCLUDE REGEX "gronwall::checker::")
if(found)
  list(GET found 0 first)
  message(FATAL_ERROR "${PROGRAM} contains code of what it checks: ${first}")
endif()
