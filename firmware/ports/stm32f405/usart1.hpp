#pragma once
#include "../uart/byte-port.hpp"

namespace twin::stm32f405 {

/// USART1 on PA9 (out) and PA10 (in): 115200 baud, 8N1, both ways by interrupt.
class Usart1 : public BufferedUart<512, 2048> {
 public:
  void start();

  /// From the interrupt.
  void serve();

 protected:
  void startSending() override;
};

}  // namespace twin::stm32f405
