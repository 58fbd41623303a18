// Tests over the shared data, which is not part of the tree: $ENTENTE_SHARED, else ../shared beside
// the source folder. Where it is missing they say so and are skipped.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace entente {

// The base of every fixture that reads shared data. Its suite's name contains "SharedData", by
// which .ci/run counts that such tests ran.
class SharedDataTest : public ::testing::Test {
 protected:
  // The path of a file or folder there, such as "data/cameo/cameo-codes.csv".
  static std::string SharedPath(const std::string& relative) {
    const char* folder = std::getenv("ENTENTE_SHARED");
    return (folder != nullptr ? std::string(folder) : ENTENTE_SOURCE_DIR "/../shared") + "/" +
           relative;
  }

  void SetUp() override {
    if (!std::filesystem::exists(SharedPath("data"))) {
      GTEST_SKIP() << "no shared data in " << SharedPath("data") << "; set ENTENTE_SHARED";
    }
  }
};

}  // namespace entente
