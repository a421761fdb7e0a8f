// What a C++ process costs before it does anything: start-up times are differences to it.

#include <iostream>

int main() {
  return std::cout.good() ? 0 : 1;
}
