// `gradtrace homework LESSON`: sheets, keys, and personal variants for a class.
#include "base/error.hpp"
#include "base/output.hpp"
#include "base/signals.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/limits.hpp"
#include "homework/handed_in.hpp"
#include "homework/roster.hpp"
#include "homework/variant.hpp"
#include "render/sheet.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>
#include <vector>

namespace gradtrace {
namespace fs = std::filesystem;
namespace {

/// The format asked for, or that of the output's name.
SheetFormat format_of(const Arguments& arguments) {
  const auto chosen = arguments.choice("format", {"csv", "markdown", "html"});
  if (chosen) return static_cast<SheetFormat>(*chosen);
  const fs::path output = arguments.common().output;
  if (output.extension() == ".md") return SheetFormat::markdown;
  return output.extension() == ".html" ? SheetFormat::html : SheetFormat::csv;
}

constexpr const char* ending(SheetFormat format) { return format == SheetFormat::csv ? ".csv" : format == SheetFormat::markdown ? ".md" : ".html"; }

/// The secret in that file; a new one, where there is no such file yet.
Secret secret_of(const std::string& file, bool quiet) {
  Secret::refuse_used(file);
  std::error_code error;
  if (!fs::exists(file, error) && !error) {
    Output out = Output::secret(file);
    out.write(Secret::make());
    out.finish();
    if (!quiet) std::cerr << "wrote a new secret to " << file << "; keep it: grading needs it, and students must not have it\n";
  }
  return Secret::load(file);
}

/// @throws InputError where a sheet would replace one that is filled in, naming them all.
void verify_no_answers(const std::vector<std::pair<fs::path, const std::string*>>& sheets) {
  std::vector<Problem> problems;
  for (const auto& [file, blank] : sheets) {
    if (holds_answers(file, *blank)) problems.push_back({file.string(), 0, 0, 1, "holds answers; move it away, or deal into another folder", "", 1});
  }
  if (!problems.empty()) throw InputError(std::move(problems));
}

int deal(const Lesson& lesson, const Arguments& arguments, SheetFormat format) {
  if (!arguments.has("secret-file")) throw UsageError("--roster deals out personal variants, which come from a secret: --secret-file FILE (made if it is not there)");
  const fs::path folder = arguments.common().output;
  if (folder.empty()) throw UsageError("--roster writes a sheet for each student: -o DIR/ says where");
  const bool quiet = arguments.common().quiet;
  const std::vector<RosterEntry> roster = load_roster(*arguments.text("roster"));
  const Secret secret = secret_of(*arguments.text("secret-file"), quiet);
  // Every variant is dealt before anything is written.
  const Dealer dealer(lesson, secret);
  struct Sheet {
    std::string file, sheet, key;
  };
  const auto keys = arguments.text("key");
  std::vector<Sheet> sheets;
  for (const RosterEntry& entry : roster) {
    const Variant variant = dealer.deal(entry.student);
    const SheetLabels labels{entry.student, variant.id};
    sheets.push_back({entry.file + ending(format), sheet_text(variant.lesson, format, labels, false), keys ? sheet_text(variant.lesson, format, labels, true) : ""});
  }
  std::vector<std::pair<fs::path, const std::string*>> files;
  for (const Sheet& sheet : sheets) files.emplace_back(folder / sheet.file, &sheet.sheet);
  if (format == SheetFormat::csv) verify_no_answers(files);
  OutputFolder sheet_folder(folder);
  std::optional<OutputFolder> key_folder;
  if (keys) key_folder.emplace(*keys);
  for (const Sheet& sheet : sheets) {
    sheet_folder.write(sheet.file, sheet.sheet);
    if (key_folder) key_folder->write(sheet.file, sheet.key);
  }
  const SignalsHeld held;  // both or none
  sheet_folder.keep();
  if (key_folder) key_folder->keep();
  if (!quiet) std::cerr << fmt::format("wrote {} sheets to {}\n", sheets.size(), folder.string());
  return status_agree;
}

}  // namespace

int homework_command(const std::vector<std::string>& words) {
  Arguments arguments("homework [OPTIONS] LESSON",
                      "A sheet with the lesson's blanks, for a spreadsheet or to be printed; its answer key; or a personal\n"
                      "variant for each student of a class, drawn from a secret.",
                      "LESSON");
  arguments.value("key", "FILE", "write the answer key there too; with --roster: a folder, a key for each student")
      .value("roster", "FILE", "a CSV with the columns student and, optionally, name, email, id: a variant for each")
      .value("secret-file", "FILE", "what variants are drawn from; made if it is not there")
      .value("format", "FORMAT", "csv, markdown or html (csv, or what the output is called)");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const std::string& name = arguments.operand();
  const SheetFormat format = format_of(arguments);
  const Lesson lesson = load_lessons({name}, arguments).front();
  verify_size(lesson, Work::sheet);
  if (arguments.has("roster")) return deal(lesson, arguments, format);
  if (arguments.has("secret-file")) throw UsageError("--secret-file belongs to --roster");

  const std::string sheet = sheet_text(lesson, format, {}, false);
  std::optional<Output> key;
  if (const auto file = arguments.text("key")) {
    key.emplace(*file);
    key->write(sheet_text(lesson, format, {}, true));
  }
  Output out(arguments.common().output);
  if (key) out.go_on_without_reader();
  if (!arguments.common().quiet || !arguments.common().output.empty()) out.write(sheet);
  if (key) key->flush_now();
  out.flush_now();
  const SignalsHeld held;  // both or none
  out.finish();
  if (key) key->finish();
  return status_agree;
}

}  // namespace gradtrace
