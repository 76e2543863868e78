#include "usart1.hpp"

#include "../cortex-m/start.hpp"
#include "clocks.hpp"
#include "registers.hpp"

namespace twin::stm32f405 {

namespace {
constexpr uint32_t kStatus = kUsart1 + 0x00;
constexpr uint32_t kReceived = 1u << 5;
constexpr uint32_t kOverrun = 1u << 3;
constexpr uint32_t kTransmitEmpty = 1u << 7;
constexpr uint32_t kData = kUsart1 + 0x04;
constexpr uint32_t kControl1 = kUsart1 + 0x0c;
constexpr uint32_t kOn = 1u << 13 | 1u << 5 | 1u << 3 | 1u << 2;  // UE, RXNEIE, TE, RE
constexpr uint32_t kTransmitInterrupt = 1u << 7;
constexpr uint32_t kBaud = 115200;
}  // namespace

void Usart1::start() {
  // Alternate function 7 on both pins; a pull-up keeps an open line idle.
  reg(kGpioA + 0x24) = (reg(kGpioA + 0x24) & ~0xff0u) | 0x770u;
  reg(kGpioA + 0x0c) = (reg(kGpioA + 0x0c) & ~(3u << 20)) | 1u << 20;
  reg(kGpioA + 0x00) = (reg(kGpioA + 0x00) & ~(0xfu << 18)) | 0xau << 18;
  reg(kUsart1 + 0x08) = (kCoreMegahertz * 1000000 / 2 + kBaud / 2) / kBaud;
  reg(kControl1) = kOn;
  enableIrq(kUsart1Irq);
}

void Usart1::startSending() {
  // QEMU 7.2 has no transmit interrupt: the handler is called once by hand. There the register is always empty, so
  // that it empties the queue; on the chip it sends the first byte, if it can, and the interrupts go on.
  disableIrq(kUsart1Irq);
  reg(kControl1) = kOn | kTransmitInterrupt;
  pendIrq(kUsart1Irq);
  enableIrq(kUsart1Irq);
}

void Usart1::serve() {
  // Reading the status and then the data also clears an overrun.
  while (reg(kStatus) & (kReceived | kOverrun)) received(static_cast<uint8_t>(reg(kData)));
  if (!(reg(kControl1) & kTransmitInterrupt)) return;
  uint8_t byte;
  while (reg(kStatus) & kTransmitEmpty) {
    if (!nextToSend(byte)) {
      reg(kControl1) = kOn;
      return;
    }
    reg(kData) = byte;
  }
}

}  // namespace twin::stm32f405
