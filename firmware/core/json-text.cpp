#include "json-text.hpp"

#include "utf8.hpp"

namespace twin {
namespace {

bool hexDigit(uint8_t c, uint32_t& value) {
  if (c >= '0' && c <= '9') {
    value = static_cast<uint32_t>(c - '0');
  } else if (c >= 'a' && c <= 'f') {
    value = static_cast<uint32_t>(c - 'a' + 10);
  } else if (c >= 'A' && c <= 'F') {
    value = static_cast<uint32_t>(c - 'A' + 10);
  } else {
    return false;
  }
  return true;
}

bool isBetween(uint32_t value, uint32_t least, uint32_t greatest) { return value >= least && value <= greatest; }

}  // namespace

bool JsonText::equals(const char* ascii) const {
  JsonCharacters characters(data, size);
  for (;;) {
    const uint32_t character = characters.next();
    if (character == JsonCharacters::kOver) return *ascii == '\0';
    if (*ascii == '\0' || character != static_cast<uint8_t>(*ascii)) return false;
    ++ascii;
  }
}

bool JsonText::equals(JsonText other) const {
  JsonCharacters mine(data, size);
  JsonCharacters theirs(other.data, other.size);
  for (;;) {
    const uint32_t character = mine.next();
    if (character != theirs.next()) return false;
    if (character == JsonCharacters::kOver) return true;
  }
}

bool JsonText::decode(char* to, size_t room, size_t& length) const {
  JsonCharacters characters(data, size);
  length = 0;
  for (;;) {
    const uint32_t character = characters.next();
    if (character == JsonCharacters::kOver) return true;
    uint8_t encoded[4];
    const size_t bytes = encodeUtf8(character, encoded);
    if (bytes > room - length) return false;
    for (size_t i = 0; i < bytes; ++i) to[length++] = static_cast<char>(encoded[i]);
  }
}

uint32_t JsonCharacters::next() {
  if (at_ == end_) return kOver;
  const uint8_t c = *at_;
  if (c == '"') {
    ++at_;
    return kQuote;
  }
  if (c == '\\') {
    ++at_;
    return escape();
  }
  if (c < 0x20) return kMalformed;
  uint32_t character = 0;
  const size_t length = decodeUtf8(at_, static_cast<size_t>(end_ - at_), character);
  if (length == 0) return kMalformed;
  at_ += length;
  return character;
}

uint32_t JsonCharacters::escape() {
  if (at_ == end_) return kMalformed;
  switch (*at_++) {
    case '"': return '"';
    case '\\': return '\\';
    case '/': return '/';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u': break;
    default: return kMalformed;
  }
  uint32_t high = 0;
  if (!unit(high)) return kMalformed;
  if (!isBetween(high, 0xD800U, 0xDFFFU)) return high;
  // Half a surrogate pair alone is grammatical, but no text: an answer could not say it back in UTF-8.
  uint32_t low = 0;
  if (high > 0xDBFFU || end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return kMalformed;
  at_ += 2;
  if (!unit(low) || !isBetween(low, 0xDC00U, 0xDFFFU)) return kMalformed;
  return uint32_t{0x10000} + ((high - 0xD800U) << 10) + (low - 0xDC00U);
}

bool JsonCharacters::unit(uint32_t& value) {
  if (end_ - at_ < 4) return false;
  value = 0;
  for (int i = 0; i < 4; ++i) {
    uint32_t digit = 0;
    if (!hexDigit(*at_, digit)) return false;
    value = (value << 4) | digit;
    ++at_;
  }
  return true;
}

}  // namespace twin
