// A lesson's text as values that know their place and report what is wrong with them. The only user
// of toml++.
#pragma once

#include "lesson/diagnostics.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

class TomlTable;

/// A value of the file. Lives as long as its TomlFile. Every as_…() reports a value that is not what
/// was expected, by the name `what`, and then gives nothing.
class TomlValue {
 public:
  /// `node` is a toml::node, which stays out of this header: it takes seconds to compile.
  TomlValue(const void* node, Diagnostics& problems) : node_(node), problems_(&problems) {}

  Place place() const;
  void report(const std::string& message) const { problems_->report(place(), message); }
  Diagnostics& problems() const { return *problems_; }

  bool is_table() const;
  bool is_array() const;
  bool is_text() const;
  std::string described() const;  ///< `"abc"`, `2.5`, `a table`: for messages

  /// A finite number; whole numbers are welcome.
  std::optional<double> as_number(const std::string& what) const;
  std::optional<std::size_t> as_whole(const std::string& what, std::size_t least,
                                      std::size_t most) const;
  std::optional<std::string> as_text(const std::string& what) const;
  std::optional<std::string> as_one_of(const std::string& what,
                                       const std::vector<std::string>& words) const;
  /// A table with none but `known` keys.
  std::optional<TomlTable> as_table(const std::string& what,
                                    const std::vector<std::string>& known) const;

  /// Of an array.
  std::size_t size() const;
  TomlValue operator[](std::size_t i) const;

 private:
  const void* node_;
  Diagnostics* problems_;
};

/// A table of the file, its unknown keys reported.
class TomlTable {
 public:
  TomlTable(const void* table, const std::string& what, const std::vector<std::string>& known,
            Diagnostics& problems);

  std::optional<TomlValue> find(std::string_view key) const;
  /// Reports where the key is missing and no unknown key looks like it.
  std::optional<TomlValue> need(const std::string& key, const std::string& message) const;
  /// Whether the key is there, if only with a typing error in it that has been reported.
  bool mentions(const std::string& key) const;

  Place place() const { return place_; }  ///< its header
  void report(const std::string& message) const { problems_->report(place_, message); }
  Diagnostics& problems() const { return *problems_; }

 private:
  void report_unknown_keys(const std::string& what, const std::vector<std::string>& known);

  const void* table_;
  Diagnostics* problems_;
  Place place_;
  std::set<std::string> misspelt_;  // known keys that unknown ones look like
};

class TomlFile {
 public:
  /// @throws InputError for text that is no TOML, at its first error.
  TomlFile(const std::string& file, std::string_view text);
  ~TomlFile();
  TomlFile(const TomlFile&) = delete;
  TomlFile& operator=(const TomlFile&) = delete;

  Diagnostics& problems() { return problems_; }
  TomlTable root(const std::vector<std::string>& known);

 private:
  struct Tree;
  std::unique_ptr<Tree> tree_;
  Diagnostics problems_;
};

}  // namespace gradtrace
