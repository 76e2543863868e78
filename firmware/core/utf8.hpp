#pragma once
#include <stddef.h>
#include <stdint.h>

namespace twin {

/// Decodes the first character of `size` bytes and gives its length, 1 to 4; 0 when they are no UTF-8 by
/// RFC 3629 (overlong, a surrogate, above U+10FFFF, cut short).
size_t decodeUtf8(const uint8_t* bytes, size_t size, uint32_t& character);

/// Encodes one Unicode scalar value and gives its length, 1 to 4.
size_t encodeUtf8(uint32_t character, uint8_t* to);

}  // namespace twin
