#pragma once

// A test is TEST("sentence in the present tense") { … CHECK(condition) … }.

namespace test {

struct Case {
  Case(const char* name, void (*body)());
  const char* name;
  void (*body)();
  Case* next = nullptr;
};

/// Notes a condition of the running test, and says where it failed.
bool check(bool passed, const char* condition, const char* file, int line);

}  // namespace test

#define TEST_JOIN_(a, b) a##b
#define TEST_JOIN(a, b) TEST_JOIN_(a, b)
#define TEST(name)                                                                     \
  static void TEST_JOIN(body, __LINE__)();                                             \
  static const test::Case TEST_JOIN(entry, __LINE__)(name, TEST_JOIN(body, __LINE__)); \
  static void TEST_JOIN(body, __LINE__)()
#define CHECK(condition) test::check((condition), #condition, __FILE__, __LINE__)
