// A directory for one test, gone with all it holds when the test ends.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace entente::storage {

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "entente-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  // A name within it at which nothing is yet.
  std::string path() const { return root_ + "/database"; }
  const std::string& root() const { return root_; }

 private:
  std::string root_;
};

}  // namespace entente::storage
