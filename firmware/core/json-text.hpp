#pragma once
#include <stddef.h>
#include <stdint.h>

namespace twin {

/// A piece of a JSON text, still as it was written: a number, or what stands between a string's quotes.
struct JsonText {
  const uint8_t* data = nullptr;
  size_t size = 0;

  /// Whether the string says this, escapes resolved. Only for strings that a reader has checked.
  bool equals(const char* ascii) const;
  bool equals(JsonText other) const;

  /// Writes the string as UTF-8 of at most `room` bytes; false when it is longer.
  bool decode(char* to, size_t room, size_t& length) const;
};

/// Walks over the characters of a JSON string, escapes resolved.
class JsonCharacters {
 public:
  /// Begins behind the opening quote.
  JsonCharacters(const uint8_t* from, size_t size) : at_(from), end_(from + size) {}

  /// Unicode scalar values, then one of these.
  static constexpr uint32_t kQuote = 0xFFFFFFF0U;      ///< the closing quote was passed
  static constexpr uint32_t kOver = 0xFFFFFFF1U;       ///< the bytes are used up
  static constexpr uint32_t kMalformed = 0xFFFFFFF2U;  ///< no JSON: bad UTF-8, control, escape or surrogate

  uint32_t next();

  /// Where the next character begins.
  const uint8_t* at() const { return at_; }

 private:
  uint32_t escape();
  bool unit(uint32_t& value);

  const uint8_t* at_;
  const uint8_t* end_;
};

}  // namespace twin
