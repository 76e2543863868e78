#include "config.hpp"

#include "memory.hpp"
#include "number.hpp"
#include "utf8.hpp"

namespace twin {
namespace {

constexpr size_t kMaxNameBytes = 64;

bool isAlphanumeric(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool isDeviceName(const char* name) {
  if (!isAlphanumeric(name[0])) return false;
  size_t size = 0;
  for (; name[size] != '\0'; ++size) {
    const char c = name[size];
    if (!isAlphanumeric(c) && c != '_' && c != '.' && c != '-') return false;
  }
  return size <= kMaxNameBytes;
}

// Text that JSON holds without escapes: so the size of a birth is bounded by the sizes of the names.
bool isPlainText(const char* text, size_t maxBytes) {
  const size_t size = lengthOf(text);
  if (size > maxBytes) return false;
  for (size_t at = 0; at < size;) {
    uint32_t character = 0;
    const size_t length = decodeUtf8(reinterpret_cast<const uint8_t*>(text) + at, size - at, character);
    if (length == 0 || character < 0x20 || character == '"' || character == '\\') return false;
    at += length;
  }
  return true;
}

bool isPositive(float value) { return isFinite(value) && value > 0.0F; }
bool isNotNegative(float value) { return isFinite(value) && value >= 0.0F; }

const char* nameFault(const Config& config) {
  if (!isDeviceName(config.id)) return "id: 1 to 64 of A-Z a-z 0-9 _ . -, the first a letter or digit";
  if (!isPlainText(config.firmware, kMaxNameBytes)) return "firmware: up to 64 bytes without quotes or backslashes";
  if (config.joint[0] == '\0' || !isPlainText(config.joint, kMaxNameBytes)) {
    return "joint: 1 to 64 bytes without quotes or backslashes";
  }
  if (config.robot != nullptr && !isPlainText(config.robot, kMaxNameBytes)) {
    return "robot: up to 64 bytes without quotes or backslashes";
  }
  if (config.link != nullptr && !isPlainText(config.link, kMaxNameBytes)) {
    return "link: up to 64 bytes without quotes or backslashes";
  }
  if (config.username != nullptr && lengthOf(config.username) > 128) return "username: up to 128 bytes";
  if (config.password != nullptr && lengthOf(config.password) > 512) return "password: up to 512 bytes";
  if (config.password != nullptr && config.username == nullptr) return "password: needs a username";
  return nullptr;
}

}  // namespace

const char* configFault(const Config& config) {
  if (const char* const fault = nameFault(config)) return fault;
  if (!isFinite(config.lower) || !isFinite(config.upper) || !(config.lower < config.upper)) {
    return "lower, upper: numbers, lower below upper";
  }
  if (!isPositive(config.maxVelocity)) return "maxVelocity: above 0";
  if (!isPositive(config.maxAcceleration)) return "maxAcceleration: above 0";
  if (!isNotNegative(config.kp) || !isNotNegative(config.ki) || !isNotNegative(config.kff) ||
      !isNotNegative(config.kaff)) {
    return "kp, ki, kff, kaff: 0 or above";
  }
  if (config.controlPeriodUs < 100 || config.controlPeriodUs > 20000) return "controlPeriodUs: 100 to 20000";
  if (config.telemetryPeriodMs < 10 || config.telemetryPeriodMs > 500) return "telemetryPeriodMs: 10 to 500";
  if (config.failsafeAfterMs < 10 || config.failsafeAfterMs > 250) return "failsafeAfterMs: 10 to 250";
  if (!isNotNegative(config.minSupplyV)) return "minSupplyV: 0 or above";
  return nullptr;
}

}  // namespace twin
