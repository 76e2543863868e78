#include "start.hpp"

#include <string.h>

// From the port's linker script.
extern "C" {
extern uint8_t __data_start[], __data_end[], __bss_start[], __bss_end[];
extern const uint8_t __data_load[];
int main();
}

namespace twin {

void start() {
  memcpy(__data_start, __data_load, static_cast<size_t>(__data_end - __data_start));
  memset(__bss_start, 0, static_cast<size_t>(__bss_end - __bss_start));
  main();
  fault();
}

void fault() {
  __asm volatile("cpsid i" ::: "memory");
  makeSafe();
  for (;;) {
  }
}

}  // namespace twin
