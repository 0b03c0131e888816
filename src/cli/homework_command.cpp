// `gradtrace homework LESSON`: sheets, keys, and personal variants for a class.
#include "base/error.hpp"
#include "base/output.hpp"
#include "cli/arguments.hpp"
#include "cli/command.hpp"
#include "cli/find_lesson.hpp"
#include "cli/in_place.hpp"
#include "cli/limits.hpp"
#include "homework/roster.hpp"
#include "homework/variant.hpp"
#include "render/sheet.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
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

/// The secret in that file. Where there is no such file yet a new one, which is in `made` then and still to be kept.
Secret secret_of(const std::string& file, std::unique_ptr<Output>& made) {
  Secret::refuse_used(file);
  std::error_code error;
  if (fs::exists(file, error) || error) return Secret::load(file);
  const std::string bytes = Secret::make();
  made.reset(new Output(Output::secret(file)));
  made->write(bytes + "\n");
  return Secret(bytes);
}

int deal(const Lesson& lesson, const Arguments& arguments, SheetFormat format) {
  if (!arguments.has("secret-file")) throw UsageError("--roster deals out personal variants, which come from a secret: --secret-file FILE (made if it is not there)");
  const fs::path folder = arguments.common().output;
  if (folder.empty()) throw UsageError("--roster writes a sheet for each student: -o DIR/ says where");
  const bool quiet = arguments.common().quiet;
  const std::vector<RosterEntry> roster = load_roster(*arguments.text("roster"));
  verify_size(lesson, roster.size());
  const std::string secret_file = *arguments.text("secret-file");
  std::unique_ptr<Output> new_secret;
  const Secret secret = secret_of(secret_file, new_secret);
  const Dealer dealer(lesson, secret);
  const auto keys = arguments.text("key");
  if (!arguments.has("force")) {
    InPlace in_place(lesson, file_access(arguments), InPlace::Named::folder);
    for (const RosterEntry& entry : roster) {
      const auto text = [&](bool key) {
        const Variant variant = dealer.deal(entry.student);
        return sheet_text(variant.lesson, format, {entry.student, variant.id}, key);
      };
      in_place.ask(folder / (entry.file + ending(format)), false, [&] { return text(false); });
      if (keys) in_place.ask(fs::path(*keys) / (entry.file + ending(format)), true, [&] { return text(true); });
    }
    in_place.verify();
  }
  // Of more sheets than take their names together every variant is dealt before any is; a class of them does not fit in memory.
  for (std::size_t i = 0; i < roster.size() && roster.size() > OutputFolder::most_begun; ++i) dealer.deal(roster[i].student);
  const bool is_new_secret = new_secret != nullptr;
  if (is_new_secret && roster.size() > OutputFolder::most_begun) {  // the first sheets have their names before all are there
    new_secret->finish();
    new_secret.reset();
  }
  OutputFolder sheet_folder(folder);
  std::optional<OutputFolder> key_folder;
  if (keys) key_folder.emplace(*keys);
  for (const RosterEntry& entry : roster) {
    const Variant variant = dealer.deal(entry.student);
    const SheetLabels labels{entry.student, variant.id};
    sheet_folder.write(entry.file + ending(format), sheet_text(variant.lesson, format, labels, false));
    if (key_folder) key_folder->write(entry.file + ending(format), sheet_text(variant.lesson, format, labels, true));
  }
  std::vector<OutputFolder*> folders{&sheet_folder};
  if (key_folder) folders.push_back(&*key_folder);
  std::vector<Output*> others;
  if (new_secret) others.push_back(new_secret.get());
  OutputFolder::keep_together(folders, std::move(others));
  if (is_new_secret && !quiet) std::cerr << "wrote a new secret to " << printable(secret_file) << "; keep it: grading needs it, and students must not have it\n";
  if (!quiet) std::cerr << fmt::format("wrote {} sheet{} to {}\n", roster.size(), roster.size() == 1 ? "" : "s", printable(folder.string()));
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
      .value("format", "FORMAT", "csv, markdown or html (csv, or what the output is called)")
      .flag("force", "replace files that are no blank sheets, too: whatever stands in them is lost");
  declare_lessons(arguments);
  if (!arguments.parse(words)) return status_agree;
  const std::string& name = arguments.operand();
  const SheetFormat format = format_of(arguments);
  const Lesson lesson = load_lessons({name}, arguments).front();
  verify_size(lesson, Work::sheet);
  if (arguments.has("roster")) return in_lesson(lesson, [&] { return deal(lesson, arguments, format); });
  if (arguments.has("secret-file")) throw UsageError("--secret-file belongs to --roster");

  const std::string sheet = in_lesson(lesson, [&] { return sheet_text(lesson, format, {}, false); });
  const auto key_file = arguments.text("key");
  const std::string key_text = key_file ? sheet_text(lesson, format, {}, true) : "";
  if (!arguments.has("force")) {
    InPlace in_place(lesson, file_access(arguments), InPlace::Named::itself);
    in_place.ask(arguments.common().output, false, [&] { return sheet; });
    if (key_file) in_place.ask(*key_file, true, [&] { return key_text; });
    in_place.verify();
  }
  std::optional<Output> key;
  if (key_file) {
    key.emplace(*key_file);
    key->write(key_text);
  }
  Output out(arguments.common().output);
  if (key) out.go_on_without_reader();
  if (!arguments.common().quiet || !arguments.common().output.empty()) out.write(sheet);
  std::vector<Output*> set{&out};
  if (key) set.push_back(&*key);
  Output::finish_together(set);
  return status_agree;
}

}  // namespace gradtrace
