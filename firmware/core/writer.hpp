#pragma once
#include <stddef.h>
#include <stdint.h>

namespace twin {

/// Appends bytes, numbers and JSON to a buffer of fixed size; what does not fit is dropped and remembered.
class Writer {
 public:
  Writer(uint8_t* to, size_t room) : to_(to), room_(room) {}

  void byte(uint8_t value);

  /// Big-endian, as MQTT has its integers [MQTT-1.5.2].
  void uint16(uint16_t value);

  void bytes(const void* from, size_t size);

  /// A text without its terminating zero.
  void text(const char* text);

  void decimal(uint32_t value);
  void decimal(uint64_t value);

  /// A finite float as a JSON number of 7 significant digits.
  void number(float value);

  /// A finite float as a JSON number that reads back as the same float.
  void exactNumber(float value);

  /// UTF-8 as a JSON string, with quotes and escapes.
  void quoted(const char* text, size_t size);
  void quoted(const char* text);

  size_t size() const { return size_; }

  /// False when something did not fit.
  bool isWhole() const { return !isFull_; }

 private:
  uint8_t* to_;
  size_t room_;
  size_t size_ = 0;
  bool isFull_ = false;
};

}  // namespace twin
