#include "command.hpp"

#include "decimal.hpp"
#include "json-reader.hpp"

namespace twin {
namespace {

using Token = JsonReader::Token;

constexpr uint32_t kMaxTtlMs = 60000;

enum Member : uint8_t { kSeq = 1, kRef = 2, kTtl = 4, kSignals = 8, kAll = 15 };

// A pass of its own, so that the refusal of a spoilt command still finds its sender. Not inlined, so that the
// readers of both passes are not on the stack at once.
__attribute__((noinline)) void readId(const uint8_t* text, size_t size, Command& command) {
  JsonReader json(text, size);
  if (json.next() != Token::kBeginObject) return;
  while (json.next() == Token::kKey) {
    if (!json.text().equals("id")) {
      if (!json.skipValue()) return;
      continue;
    }
    size_t length = 0;
    if (json.next() == Token::kString && json.text().decode(command.id, Command::kMaxIdBytes, length)) {
      command.idSize = static_cast<uint8_t>(length);
      command.hasId = true;
    }
    return;
  }
}

bool readUint32(JsonReader& json, uint32_t& value) {
  return json.next() == Token::kNumber && parseUint32(json.text().data, json.text().size, value);
}

bool readSignals(JsonReader& json, Command& command) {
  if (json.next() != Token::kBeginObject) return false;
  bool hasTarget = false;
  bool hasOther = false;
  for (;;) {
    const Token token = json.next();
    if (token == Token::kEndObject) break;
    if (token != Token::kKey) return false;
    if (json.text().equals("target")) {
      if (json.next() != Token::kNumber) return false;
      command.target = parseFloat(json.text().data, json.text().size);
      hasTarget = true;
    } else {
      if (!json.skipValue()) return false;
      hasOther = true;
    }
  }
  command.isTarget = hasTarget && !hasOther;
  return true;
}

// Reads the value of a member whose key was just read, and tells which it was: 0 when it is none of ours.
bool readMember(JsonReader& json, Command& command, uint8_t& member) {
  const JsonText key = json.text();
  if (key.equals("seq")) {
    member = kSeq;
    return readUint32(json, command.seq);
  }
  if (key.equals("ref")) {
    member = kRef;
    return readUint32(json, command.ref);
  }
  if (key.equals("ttl_ms")) {
    member = kTtl;
    return readUint32(json, command.ttlMs);
  }
  if (key.equals("signals")) {
    member = kSignals;
    return readSignals(json, command);
  }
  member = 0;
  return json.skipValue();
}

__attribute__((noinline)) bool readMembers(const uint8_t* text, size_t size, Command& command) {
  JsonReader json(text, size);
  if (json.next() != Token::kBeginObject) return false;
  uint8_t seen = 0;
  for (;;) {
    const Token token = json.next();
    if (token == Token::kEndObject) break;
    uint8_t member = 0;
    if (token != Token::kKey || !readMember(json, command, member)) return false;
    seen = static_cast<uint8_t>(seen | member);
  }
  return json.next() == Token::kEnd && seen == kAll && command.ttlMs >= 1 && command.ttlMs <= kMaxTtlMs;
}

}  // namespace

void readCommand(const uint8_t* json, size_t size, Command& command) {
  command.hasId = false;
  command.idSize = 0;
  command.isTarget = false;
  readId(json, size, command);
  command.isWellFormed = command.hasId && readMembers(json, size, command);
}

}  // namespace twin
