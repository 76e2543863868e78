#include "json-reader.hpp"

namespace twin {

using Token = JsonReader::Token;

JsonReader::JsonReader(const uint8_t* text, size_t size) : start_(text), at_(text), end_(text + size) {
  if (size > UINT16_MAX) isMalformed_ = true;
}

Token JsonReader::malformed() {
  isMalformed_ = true;
  return Token::kMalformed;
}

Token JsonReader::next() {
  if (isMalformed_) return Token::kMalformed;
  skipSpace();
  if (place_ == Place::kAfterValue) {
    if (depth_ == 0) return at_ == end_ ? Token::kEnd : malformed();
    if (at_ == end_) return malformed();
    const uint8_t c = *at_++;
    if (c == '}') return end(true);
    if (c == ']') return end(false);
    if (c != ',') return malformed();
    place_ = inObject() ? Place::kKey : Place::kValue;
    skipSpace();
  }
  if (place_ == Place::kColon) {
    if (at_ == end_ || *at_++ != ':') return malformed();
    place_ = Place::kValue;
    skipSpace();
  }
  if (at_ == end_) return malformed();
  const uint8_t c = *at_++;
  if (place_ == Place::kFirstKey && c == '}') return end(true);
  if (place_ == Place::kFirstValue && c == ']') return end(false);
  if (place_ == Place::kFirstKey || place_ == Place::kKey) return c == '"' ? key() : malformed();
  return value(c);
}

bool JsonReader::skipValue() {
  int depth = 0;
  do {
    switch (next()) {
      case Token::kBeginObject:
      case Token::kBeginArray: ++depth; break;
      case Token::kEndObject:
      case Token::kEndArray: --depth; break;
      case Token::kEnd:
      case Token::kMalformed: return false;
      case Token::kKey: break;
      default: break;
    }
  } while (depth > 0);
  return depth == 0;
}

Token JsonReader::value(uint8_t first) {
  place_ = Place::kAfterValue;
  switch (first) {
    case '{': return begin(true);
    case '[': return begin(false);
    case '"': return string(false);
    case 't': return word("rue", Token::kTrue);
    case 'f': return word("alse", Token::kFalse);
    case 'n': return word("ull", Token::kNull);
    default: --at_; return number();
  }
}

Token JsonReader::begin(bool isObject) {
  if (depth_ == kMaxDepth) return malformed();
  firstKey_[depth_] = keyCount_;
  const uint8_t bit = static_cast<uint8_t>(1U << depth_);
  objects_ = static_cast<uint8_t>(isObject ? objects_ | bit : objects_ & ~bit);
  ++depth_;
  place_ = isObject ? Place::kFirstKey : Place::kFirstValue;
  return isObject ? Token::kBeginObject : Token::kBeginArray;
}

Token JsonReader::end(bool isObject) {
  if (inObject() != isObject) return malformed();
  --depth_;
  keyCount_ = firstKey_[depth_];
  place_ = Place::kAfterValue;
  return isObject ? Token::kEndObject : Token::kEndArray;
}

Token JsonReader::key() {
  const Token token = string(true);
  if (token == Token::kMalformed) return token;
  if (keyCount_ == kMaxKeys || isRepeated(text_)) return malformed();
  keys_[keyCount_++] = {static_cast<uint16_t>(text_.data - start_), static_cast<uint16_t>(text_.size)};
  place_ = Place::kColon;
  return token;
}

bool JsonReader::isRepeated(JsonText key) {
  for (uint8_t i = firstKey_[depth_ - 1]; i < keyCount_; ++i) {
    if (key.equals(JsonText{start_ + keys_[i].offset, keys_[i].size})) return true;
  }
  return false;
}

Token JsonReader::string(bool isKey) {
  JsonCharacters characters(at_, static_cast<size_t>(end_ - at_));
  for (;;) {
    const uint32_t character = characters.next();
    if (character == JsonCharacters::kQuote) break;
    if (character >= JsonCharacters::kOver) return malformed();
  }
  text_ = {at_, static_cast<size_t>(characters.at() - at_) - 1};
  at_ = characters.at();
  return isKey ? Token::kKey : Token::kString;
}

Token JsonReader::number() {
  const uint8_t* const from = at_;
  if (*at_ == '-') ++at_;
  const uint8_t* const whole = at_;
  if (!digits()) return malformed();
  if (*whole == '0' && at_ - whole > 1) return malformed();
  if (at_ != end_ && *at_ == '.') {
    ++at_;
    if (!digits()) return malformed();
  }
  if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
    ++at_;
    if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
    if (!digits()) return malformed();
  }
  text_ = {from, static_cast<size_t>(at_ - from)};
  return Token::kNumber;
}

bool JsonReader::digits() {
  const uint8_t* const from = at_;
  while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
  return at_ != from;
}

Token JsonReader::word(const char* rest, Token token) {
  for (; *rest != '\0'; ++rest) {
    if (at_ == end_ || *at_++ != static_cast<uint8_t>(*rest)) return malformed();
  }
  return token;
}

void JsonReader::skipSpace() {
  while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
}

}  // namespace twin
