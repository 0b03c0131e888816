// Drawing variants.
#include "homework/variant.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "homework/audit.hpp"

#include <fmt/format.h>
#include <nettle/hmac.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>

namespace gradtrace {
namespace {

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

/// Two decimals in [low, high].
class Hundredths {
 public:
  explicit Hundredths(const std::string& seed) {
    std::vector<std::uint32_t> words;
    for (const char c : seed) words.push_back(static_cast<unsigned char>(c));
    std::seed_seq sequence(words.begin(), words.end());
    source_.seed(sequence);
  }

  double in(const Range& range) {
    const auto low = static_cast<std::int64_t>(std::ceil(range.low * 100 - 1e-9)), high = static_cast<std::int64_t>(std::floor(range.high * 100 + 1e-9));
    if (high <= low) return range.low;
    const auto count = static_cast<std::uint64_t>(high - low + 1);
    // Multiples of count, so that every step is as likely.
    const std::uint64_t limit = source_.max() - source_.max() % count;
    std::uint64_t draw = source_();
    while (draw >= limit) draw = source_();
    return static_cast<double>(low + static_cast<std::int64_t>(draw % count)) / 100;
  }

  /// … and not 0, where there is anything else: a weight of 0 is a path that is not there.
  double not_zero_in(const Range& range) {
    for (int i = 0; i < 100; ++i) {
      if (const double value = in(range); value != 0) return value;
    }
    return in(range);
  }

 private:
  std::mt19937_64 source_;  // and seed_seq: specified bit by bit
};

/// "saturated" of "saturated: z[1][0]; …"
std::string kind(const std::string& degenerate) { return degenerate.substr(0, degenerate.find(':')); }

std::set<std::pair<int, int>> confusable_pairs(const Lesson& lesson) {
  std::set<std::pair<int, int>> pairs;
  const int digits = lesson.homework ? lesson.homework->digits : Homework{}.digits;
  for (const auto& [x, y] : audit(lesson).confusable(digits)) pairs.emplace(static_cast<int>(x), static_cast<int>(y));
  return pairs;
}

std::set<std::string> kinds_of(const Lesson& lesson) {
  std::set<std::string> kinds;
  for (const std::string& what : degenerate_numbers(lesson, SheetLayout(lesson))) kinds.insert(kind(what));
  return kinds;
}

template <class T>
void keep_common(std::set<T>& common, const std::set<T>& other) {
  std::erase_if(common, [&](const T& entry) { return other.count(entry) == 0; });
}

}  // namespace

void Secret::refuse_used(const std::string& file) {
  if (was_used(file)) throw InputError(file, "has been read by this run as something else; a secret is a file of its own, which students do not see");
}

Secret Secret::load(const std::string& file) {
  constexpr std::uintmax_t limit = 1 << 16;
  const std::string text = read_file(file, limit);
  std::string_view bytes = text;
  while (!bytes.empty() && (bytes.back() == '\n' || bytes.back() == '\r' || bytes.back() == ' ')) bytes.remove_suffix(1);
  while (!bytes.empty() && bytes.front() == ' ') bytes.remove_prefix(1);
  if (bytes.size() < least_bytes) {
    throw InputError(file, fmt::format("holds {} bytes; a secret needs {} or more, or sheets can be used to guess it (32 random hexadecimal digits do)", bytes.size(), least_bytes));
  }
  return Secret(std::string(bytes));
}

std::string Secret::make() {
  std::random_device device;
  std::string text;
  for (int i = 0; i < 8; ++i) text += fmt::format("{:08x}", device());
  return text;
}

std::string Secret::derive(std::string_view text) const {
  hmac_sha256_ctx context;
  const auto bytes = [](std::string_view data) { return reinterpret_cast<const std::uint8_t*>(data.data()); };
  hmac_sha256_set_key(&context, bytes_.size(), bytes(bytes_));
  hmac_sha256_update(&context, text.size(), bytes(text));
  std::string digest(SHA256_DIGEST_SIZE, '\0');
  hmac_sha256_digest(&context, digest.size(), reinterpret_cast<std::uint8_t*>(digest.data()));
  return digest;
}

Dealer::Dealer(const Lesson& lesson, const Secret& secret) : lesson_(lesson), secret_(secret) {
  const bool varies = lesson.homework && (lesson.homework->vary_weights || lesson.homework->vary_biases || lesson.homework->vary_inputs);
  if (!varies) {
    throw InputError(lesson.file.string(), "says nothing of how sheets may differ: [homework] vary = {weights = [-1.0, 1.0], biases = [-0.5, 0.5], inputs = [0.0, 1.0]}");
  }
  // What the lesson has as it stands, and all of some draws, is its nature.
  constexpr std::size_t samples = 8;
  usual_ = kinds_of(lesson);
  for (std::size_t i = 0; i < samples; ++i) {
    const Lesson sample = draw("", i);
    const auto kinds = kinds_of(sample);
    const auto pairs = confusable_pairs(sample);
    keep_common(usual_, kinds);
    if (i == 0) {
      never_apart_ = pairs;
    } else {
      keep_common(never_apart_, pairs);
    }
  }
}

Lesson Dealer::draw(const std::string& student, std::size_t attempt) const {
  Hundredths draw(secret_.derive(fmt::format("gradtrace variant\n{}\n{}\n{}", lesson_.name, student, attempt)));
  Lesson lesson = lesson_;
  const Homework& homework = *lesson_.homework;
  for (Layer& layer : lesson.network.layers) {
    if (homework.vary_weights) {
      for (double& w : layer.weights) w = draw.not_zero_in(*homework.vary_weights);
    }
    if (homework.vary_biases) {
      for (double& b : layer.biases) b = draw.in(*homework.vary_biases);
    }
  }
  if (homework.vary_inputs) {
    for (Example& example : lesson.examples) {
      for (double& x : example.input) x = draw.not_zero_in(*homework.vary_inputs);
    }
  }
  return lesson;
}

Variant Dealer::deal(const std::string& student) const {
  std::map<std::string, std::size_t> reasons;
  for (std::size_t attempt = 0; attempt < most_draws; ++attempt) {
    Variant variant{draw(student, attempt), ""};
    std::set<std::string> kinds = kinds_of(variant.lesson);
    std::erase_if(kinds, [&](const std::string& what) { return usual_.count(what) != 0; });
    for (const std::string& what : kinds) ++reasons[what];
    if (!kinds.empty()) continue;
    std::set<std::pair<int, int>> pairs = confusable_pairs(variant.lesson);
    std::erase_if(pairs, [&](const std::pair<int, int>& pair) { return never_apart_.count(pair) != 0; });
    if (!pairs.empty()) {
      ++reasons["two mistakes that give the same sheet"];
      continue;
    }
    variant.id = hexadecimal(secret_.derive(fmt::format("gradtrace variant id\n{}\n{}", lesson_.name, student))).substr(0, 12);
    return variant;
  }
  const auto most = std::ranges::max_element(reasons, {}, [](const auto& reason) { return reason.second; });
  throw InputError(lesson_.file.string(), fmt::format("no fit variant in {} draws; of these {} had something {}: other ranges in [homework] vary may help", most_draws,
                                                      most->second, most->first));
}

}  // namespace gradtrace
