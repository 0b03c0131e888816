// A lesson as plain data: what its TOML file says, with every reference resolved and checked.
// Reading one is in load.hpp.
#pragma once

#include "base/name.hpp"
#include "base/tensor.hpp"
#include "network/network.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace gradtrace {

struct Example {
  Vector input;   ///< [inputs]
  Vector target;  ///< [outputs]
};

struct Question {
  std::string ask;
  std::vector<std::string> choose;  ///< empty where the answer is a number of the trace
  std::size_t right_choice = 0;     ///< index into choose
  std::optional<Name> answer;       ///< the number asked for, where choose is empty
  std::string because;
};

struct Range {
  double low = 0;
  double high = 0;
};

/// What a homework sheet asks and how it may vary.
struct Homework {
  std::vector<std::string> blanks;  ///< whole quantities ("delta") or single numbers
  double points = 1;
  int digits = 3;
  std::optional<Range> vary_weights, vary_biases, vary_inputs;
};

struct CheckSettings {
  std::optional<std::string> method;
  std::optional<double> tolerance;
};

struct Lesson {
  std::filesystem::path file;
  std::string name;  ///< the file's name without `.toml`: "07-two-outputs"
  std::string title;
  std::string about;
  Network network;
  double learning_rate = 0.1;  ///< η of the mistake `updated-weights`
  std::vector<Example> examples;
  CheckSettings check;
  std::vector<Question> questions;
  std::optional<Homework> homework;
  /// What the golden file stores, by whole quantities and "mean"; all where empty.
  std::vector<std::string> golden_keep;

  bool several_examples() const { return examples.size() >= 2; }
};

}  // namespace gradtrace
