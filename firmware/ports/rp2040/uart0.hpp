#pragma once
#include "../uart/byte-port.hpp"

namespace twin::rp2040 {

/// UART0 on GPIO 0 (out) and 1 (in): 115200 baud, 8N1, both ways by interrupt.
class Uart0 : public BufferedUart<512, 2048> {
 public:
  void start();

  /// From the interrupt. True when a frame has ended, with a byte of zero.
  bool serve();

 protected:
  void startSending() override;

 private:
  void fill();
};

}  // namespace twin::rp2040
