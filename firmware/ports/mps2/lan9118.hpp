#pragma once
#include <stddef.h>
#include <stdint.h>

namespace twin::mps2 {

constexpr unsigned kEthernetIrq = 13;

/// The LAN9118 Ethernet controller at 0x40200000: frames in and out through its FIFOs, word by word.
namespace lan9118 {

/// Resets and starts it, with an interrupt for each frame that comes. False when there is none.
bool start();

/// From the interrupt: holds it back until `receiveSize` has seen no frame left.
void holdInterrupt();

/// The hardware address, 6 bytes.
void address(uint8_t* to);

/// Bytes of the next frame that has come, without its CRC; 0: none. Damaged ones are passed over. A frame announced
/// here is taken by `receive` or `skip`.
size_t receiveSize();

/// Takes the frame just announced, all of its bytes in order.
class Reader {
 public:
  explicit Reader(size_t size) : wordsLeft_((size + 4 + 3) / 4) {}
  void take(uint8_t* to, size_t count);
  /// The rest, CRC and padding.
  void finish();

 private:
  size_t wordsLeft_;
  uint32_t word_ = 0;
  unsigned inWord_ = 0;
};

/// Room for a frame of so many bytes.
bool canSend(size_t size);

/// Sends one frame, given in pieces; `canSend` was true.
class Writer {
 public:
  explicit Writer(size_t size);
  void put(const uint8_t* from, size_t count);
  void finish();

 private:
  uint32_t word_ = 0;
  unsigned inWord_ = 0;
};

}  // namespace lan9118
}  // namespace twin::mps2
