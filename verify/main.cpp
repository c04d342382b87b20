#include "verify/command/command.hpp"

int main(int argc, char** argv) { return gronwall::verify::command_line(argc, argv); }
