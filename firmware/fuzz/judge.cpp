#include "judge.hpp"

#include <sanitizer/common_interface_defs.h>

#include <cstdio>
#include <cstdlib>

namespace fuzz {
namespace {

uint64_t runSeed = 0;
uint64_t runGroup = 0;

void tellRun() {
  std::fprintf(stderr, "repeat it with FUZZ_SEED=%llu FUZZ_GROUP=%llu\n", static_cast<unsigned long long>(runSeed),
               static_cast<unsigned long long>(runGroup));
}

class Json {
 public:
  explicit Json(std::string_view text) : text_(text) {}
  bool isWhole() {
    if (!value(0)) return false;
    space();
    return at_ == text_.size();
  }

 private:
  bool has(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void space() {
    while (has(' ') || has('\t') || has('\n') || has('\r')) {
    }
  }
  bool word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }
  bool digits() {
    const size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ > from;
  }
  bool number() {
    has('-');
    if (!has('0') && !digits()) return false;
    if (has('.') && !digits()) return false;
    if (has('e') || has('E')) {
      if (!has('-')) has('+');
      return digits();
    }
    return true;
  }
  bool escape() {
    if (!has('u'))
      return at_ < text_.size() && std::string_view("\"\\/bfnrt").find(text_[at_++]) != std::string_view::npos;
    for (int i = 0; i < 4; ++i) {
      if (at_ == text_.size() ||
          std::string_view("0123456789abcdefABCDEF").find(text_[at_++]) == std::string_view::npos) {
        return false;
      }
    }
    return true;
  }
  bool multibyte(uint8_t first) {
    static constexpr uint32_t least[] = {0x80, 0x800, 0x10000};
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC0 || first > 0xF7) return false;
    uint32_t character = first & (0x3FU >> more);
    for (int i = 0; i < more; ++i) {
      if (at_ == text_.size() || (text_[at_] & 0xC0) != 0x80) return false;
      character = character << 6 | (static_cast<uint8_t>(text_[at_++]) & 0x3FU);
    }
    return character >= least[more - 1] && character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF);
  }
  bool string() {
    if (!has('"')) return false;
    while (at_ < text_.size()) {
      const uint8_t c = static_cast<uint8_t>(text_[at_++]);
      if (c == '"') return true;
      if (c < 0x20 || (c == '\\' && !escape()) || (c >= 0x80 && !multibyte(c))) return false;
    }
    return false;
  }
  bool members(char end, bool isObject, int depth) {
    space();
    if (has(end)) return true;
    do {
      space();
      if (isObject && !string()) return false;
      space();
      if (isObject && !has(':')) return false;
      if (!value(depth + 1)) return false;
      space();
    } while (has(','));
    return has(end);
  }
  bool value(int depth) {
    if (depth > 20) return false;
    space();
    if (at_ == text_.size()) return false;
    switch (text_[at_]) {
      case '{': ++at_; return members('}', true, depth);
      case '[': ++at_; return members(']', false, depth);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

Publication judgePublish(uint8_t flags, std::string_view body, std::string_view id) {
  require(body.size() >= 2, "a PUBLISH has a topic");
  const size_t size = static_cast<size_t>(static_cast<uint8_t>(body[0]) << 8 | static_cast<uint8_t>(body[1]));
  require(size + 2 <= body.size(), "a topic fits its packet");
  const std::string_view topic = body.substr(2, size);
  require(topic.size() > 9 + id.size() && topic.substr(0, 8) == "twin/v1/" && topic.substr(8, id.size()) == id &&
              topic[8 + id.size()] == '/',
          "a topic is the device's own");
  const std::string_view leaf = topic.substr(9 + id.size());
  const bool isKept = leaf == "birth" || leaf == "status";
  require(isKept || leaf == "telemetry" || leaf == "ack", "a topic is one of the profile");
  require((flags & 7) == (isKept ? 3 : 0), "births and states are retained at QoS 1, others neither");
  require(isKept || (flags & 8) == 0, "DUP is for QoS 1 only");
  std::string_view payload = body.substr(2 + size);
  std::string_view packetId;
  if (isKept) {
    require(payload.size() > 2 && (payload[0] != 0 || payload[1] != 0), "QoS 1 has a packet id");
    packetId = payload.substr(0, 2);
    payload = payload.substr(2);
  }
  if (leaf == "status") {
    require(payload == "online" || payload == "offline", "a status is one of two words");
  } else {
    require(isJson(payload), "a payload is JSON");
  }
  return {flags, leaf, payload, packetId};
}

}  // namespace

void setRun(uint64_t seed, uint64_t group) {
  static const bool isHooked = (__sanitizer_set_death_callback(tellRun), true);
  (void)isHooked;
  runSeed = seed;
  runGroup = group;
}

void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: broken: %s\n", promise);
  tellRun();
  std::_Exit(1);
}

bool isJson(std::string_view text) { return Json(text).isWhole(); }

std::string_view member(std::string_view json, std::string_view key) {
  for (size_t at = json.find(key); at != std::string_view::npos; at = json.find(key, at + 1)) {
    const size_t end = at + key.size();
    if (at == 0 || json[at - 1] != '"' || json.substr(end, 2) != "\":") continue;
    return json.substr(end + 2, json.find_first_of(",}", end) - end - 2);
  }
  return {};
}

Judged judgePacket(const uint8_t* packet, size_t size, std::string_view id) {
  require(size >= 2 && size <= 1024, "a packet has a bounded size");
  size_t length = 0;
  size_t at = 1;
  for (int shift = 0;; shift += 7) {
    require(at < size && shift <= 21, "a remaining length ends");
    length |= static_cast<size_t>(packet[at] & 0x7F) << shift;
    if ((packet[at++] & 0x80) == 0) break;
  }
  require(at == 2 || packet[at - 1] != 0, "a remaining length is as short as can be");
  require(length == size - at, "a remaining length is that of the packet");
  const std::string_view body(reinterpret_cast<const char*>(packet) + at, length);
  Judged judged{static_cast<uint8_t>(packet[0] >> 4), {}};
  const uint8_t flags = packet[0] & 0x0F;
  switch (judged.type) {
    case 1:
      require(flags == 0 && length > 12 && body.substr(0, 7) == std::string_view("\0\4MQTT\4", 7),
              "a CONNECT is one of 3.1.1");
      break;
    case 3: judged.publication = judgePublish(flags, body, id); break;
    case 8: require(flags == 2 && length == 2 + 2 + 16 + id.size() + 1, "a SUBSCRIBE asks for the commands"); break;
    case 12:
    case 14: require(flags == 0 && length == 0, "a PINGREQ or DISCONNECT is empty"); break;
    default: require(false, "a packet is one that a client sends");
  }
  return judged;
}

}  // namespace fuzz
