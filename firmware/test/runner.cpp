#include "runner.hpp"

#include <cstdio>
#include <exception>

namespace test {
namespace {

Case* first = nullptr;
Case** last = &first;
int failures = 0;

}  // namespace

Case::Case(const char* title, void (*run)()) : name(title), body(run) {
  *last = this;
  last = &next;
}

bool check(bool passed, const char* condition, const char* file, int line) {
  if (!passed && ++failures <= 5) std::printf("  %s:%d: %s\n", file, line, condition);
  return passed;
}

int runAll() {
  int passed = 0;
  int failed = 0;
  for (const Case* test = first; test != nullptr; test = test->next) {
    failures = 0;
    try {
      test->body();
    } catch (const std::exception& error) {
      check(false, error.what(), test->name, 0);
    }
    if (failures > 0) std::printf("FAIL %s\n", test->name);
    ++(failures > 0 ? failed : passed);
  }
  std::printf("%d passed, %d failed\n", passed, failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace test

int main() { return test::runAll(); }
