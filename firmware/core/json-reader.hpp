#pragma once
#include <stddef.h>
#include <stdint.h>

#include "json-text.hpp"

namespace twin {

/// Reads a JSON text (RFC 8259) token by token, without recursion and without copying.
///
/// Stricter than the grammar: objects and arrays lie at most 8 deep, an object says a key once, at most 32 keys
/// are open at a time, and strings are proper Unicode.
class JsonReader {
 public:
  enum class Token : uint8_t {
    kBeginObject,
    kEndObject,
    kBeginArray,
    kEndArray,
    kKey,
    kString,
    kNumber,
    kTrue,
    kFalse,
    kNull,
    kEnd,        ///< the text is over and was well-formed
    kMalformed,  ///< it is not; so are all tokens after
  };

  JsonReader(const uint8_t* text, size_t size);

  Token next();

  /// Reads over one whole value, nested ones too; false when it is malformed or none follows.
  bool skipValue();

  /// The last key, string or number.
  JsonText text() const { return text_; }

 private:
  static constexpr int kMaxDepth = 8;
  static constexpr uint8_t kMaxKeys = 32;

  enum class Place : uint8_t { kValue, kFirstValue, kFirstKey, kKey, kColon, kAfterValue };
  struct Span {
    uint16_t offset;
    uint16_t size;
  };

  Token malformed();
  Token begin(bool isObject);
  Token end(bool isObject);
  Token string(bool isKey);
  Token number();
  Token word(const char* rest, Token token);
  Token value(uint8_t first);
  Token key();
  bool isRepeated(JsonText key);
  bool digits();
  void skipSpace();
  bool inObject() const { return depth_ > 0 && (objects_ >> (depth_ - 1) & 1U) != 0; }

  const uint8_t* start_;
  const uint8_t* at_;
  const uint8_t* end_;
  JsonText text_;
  Span keys_[kMaxKeys];
  uint8_t keyCount_ = 0;
  uint8_t firstKey_[kMaxDepth];  // index of each open object's first key
  uint8_t objects_ = 0;          // a bit for each depth: object or array
  int8_t depth_ = 0;
  Place place_ = Place::kValue;
  bool isMalformed_ = false;
};

}  // namespace twin
