#include "utf8.hpp"

namespace twin {

size_t decodeUtf8(const uint8_t* bytes, size_t size, uint32_t& character) {
  if (size == 0) return 0;
  const uint8_t first = bytes[0];
  if (first < 0x80) {
    character = first;
    return 1;
  }
  if (first < 0xC2 || first > 0xF4) return 0;
  const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (size < length) return 0;
  uint32_t value = first & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((bytes[i] & 0xC0U) != 0x80U) return 0;
    value = (value << 6) | (bytes[i] & 0x3FU);
  }
  if (length == 3 && (value < 0x800U || (value >= 0xD800U && value <= 0xDFFFU))) return 0;
  if (length == 4 && (value < 0x10000UL || value > 0x10FFFFUL)) return 0;
  character = value;
  return length;
}

size_t encodeUtf8(uint32_t character, uint8_t* to) {
  if (character < 0x80U) {
    to[0] = static_cast<uint8_t>(character);
    return 1;
  }
  const size_t length = character < 0x800U ? 2 : character < 0x10000UL ? 3 : 4;
  for (size_t i = length - 1; i > 0; --i) {
    to[i] = static_cast<uint8_t>(0x80U | (character & 0x3FU));
    character >>= 6;
  }
  to[0] = static_cast<uint8_t>((0xF00U >> length & 0xFFU) | character);
  return length;
}

}  // namespace twin
