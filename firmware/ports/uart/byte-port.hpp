#pragma once
#include <stddef.h>
#include <stdint.h>

#include "byte-ring.hpp"

namespace twin {

/// A line of bytes both ways, without any framing. No call waits.
class BytePort {
 public:
  /// Takes the next byte that has arrived; false when there is none.
  virtual bool read(uint8_t& byte) = 0;

  /// Bytes that `write` takes now.
  virtual size_t room() = 0;

  /// Queues one byte; the caller has seen room for it.
  virtual void write(uint8_t byte) = 0;

  /// Starts sending what is queued.
  virtual void flush() = 0;

 protected:
  ~BytePort() = default;
};

/// A UART's two queues, filled and emptied by its interrupt.
///
/// RxSize must hold what arrives while the main loop does something else: 115200 baud are 11.5 bytes a ms.
/// TxSize must hold the largest frame.
template <size_t RxSize, size_t TxSize>
class BufferedUart : public BytePort {
 public:
  bool read(uint8_t& byte) override { return rx_.pop(byte); }
  size_t room() override { return tx_.room(); }
  void write(uint8_t byte) override { tx_.push(byte); }
  void flush() override { startSending(); }

  /// From the interrupt: a byte came. One too many is dropped and counted; the frame's CRC shows it.
  void received(uint8_t byte) {
    if (!rx_.push(byte)) lost_ = lost_ + 1;
  }

  /// From the interrupt: the next byte to send; false when there is none.
  bool nextToSend(uint8_t& byte) { return tx_.pop(byte); }

  /// Bytes dropped since the start because the main loop came too late.
  uint32_t lost() const { return lost_; }

 protected:
  ~BufferedUart() = default;

  /// Lets the interrupt come that calls `nextToSend` until it is false.
  virtual void startSending() = 0;

 private:
  ByteRing<RxSize> rx_;
  ByteRing<TxSize> tx_;
  volatile uint32_t lost_ = 0;
};

}  // namespace twin
