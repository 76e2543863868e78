#pragma once
#include <stddef.h>
#include <stdint.h>

namespace twin {

/// A queue of bytes between one interrupt and the main loop: one writes, the other reads, no lock.
///
/// Size is a power of two; one place stays free, so that full and empty differ.
template <size_t Size>
class ByteRing {
  static_assert(Size >= 2 && Size <= 32768 && (Size & (Size - 1)) == 0, "a power of two");

 public:
  /// False, and nothing kept, when full.
  bool push(uint8_t byte) {
    const uint16_t head = __atomic_load_n(&head_, __ATOMIC_RELAXED);
    const uint16_t next = (head + 1u) & (Size - 1);
    if (next == __atomic_load_n(&tail_, __ATOMIC_ACQUIRE)) return false;
    bytes_[head] = byte;
    // Released after the byte: the reader never sees a place before its content.
    __atomic_store_n(&head_, next, __ATOMIC_RELEASE);
    return true;
  }

  /// False when empty.
  bool pop(uint8_t& byte) {
    const uint16_t tail = __atomic_load_n(&tail_, __ATOMIC_RELAXED);
    if (tail == __atomic_load_n(&head_, __ATOMIC_ACQUIRE)) return false;
    byte = bytes_[tail];
    __atomic_store_n(&tail_, static_cast<uint16_t>((tail + 1u) & (Size - 1)), __ATOMIC_RELEASE);
    return true;
  }

  /// Bytes that `push` takes now, as the writer sees it.
  size_t room() const {
    const uint16_t head = __atomic_load_n(&head_, __ATOMIC_RELAXED);
    const uint16_t tail = __atomic_load_n(&tail_, __ATOMIC_ACQUIRE);
    return (static_cast<size_t>(tail) - head - 1u) & (Size - 1);
  }

 private:
  uint8_t bytes_[Size];
  uint16_t head_ = 0;  // written by the writer alone
  uint16_t tail_ = 0;  // written by the reader alone
};

}  // namespace twin
