#pragma once
#include <stdint.h>

namespace twin {

/// The head of a Cortex-M vector table for `Irqs` device interrupts (ARMv7-M manual, B1.5.3; ARMv6-M leaves the
/// middle of the faults unused).
template <int Irqs>
struct VectorTable {
  const void* initialStack;
  void (*reset)();
  void (*faults[13])();  // NMI, HardFault, … SVCall … PendSV
  void (*sysTick)();
  void (*irqs[Irqs])();
};

/// Copies .data, clears .bss and runs `main`, which does not return. Called by a port's reset handler, once the
/// stack pointer is right.
[[noreturn]] void start();

/// Ends in a fault or an interrupt that nobody serves: the port's `makeSafe`, then nothing until the watchdog
/// resets the chip.
[[noreturn]] void fault();

/// A port's own: takes the drive off the power stage by registers alone, from any state of the program.
void makeSafe();

/// Keeps what was written before it before what is written after it, for the compiler and the bus.
inline void barrier() { __asm volatile("dsb" ::: "memory"); }

/// Lets an interrupt come (bit `irq` of the NVIC's set-enable registers).
inline void enableIrq(unsigned irq) {
  reinterpret_cast<volatile uint32_t*>(0xe000e100)[irq / 32] = 1u << (irq % 32);
}

/// Holds an interrupt back; one that comes meanwhile stays pending. In force when it returns.
inline void disableIrq(unsigned irq) {
  reinterpret_cast<volatile uint32_t*>(0xe000e180)[irq / 32] = 1u << (irq % 32);
  __asm volatile("dsb\n isb" ::: "memory");
}

/// Makes an interrupt pending as if its source had asked for it.
inline void pendIrq(unsigned irq) {
  reinterpret_cast<volatile uint32_t*>(0xe000e200)[irq / 32] = 1u << (irq % 32);
}

/// Sleeps until an interrupt handler has set `happened`, at once if one did since the last call, and clears it.
///
/// WFE and not WFI: an interrupt taken between the look and this instruction leaves the event register set, so that
/// nothing is slept through, with no need to mask interrupts.
inline void waitForEvent(volatile bool& happened) {
  while (!happened) __asm volatile("wfe" ::: "memory");
  happened = false;
}

/// The same by WFI, for QEMU, where WFE does not wait.
///
/// Masked interrupts do not run but do end WFI, so none can slip in between the look and the sleep.
inline void waitForInterrupt(volatile bool& happened) {
  while (!happened) {
    __asm volatile("cpsid i" ::: "memory");
    if (!happened) __asm volatile("wfi" ::: "memory");
    __asm volatile("cpsie i\n isb" ::: "memory");
  }
  happened = false;
}

}  // namespace twin
