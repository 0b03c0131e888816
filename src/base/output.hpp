// Results that appear whole or not at all, whatever happens while they are written.
#pragma once

#include <exception>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gradtrace {

/// Whoever reads standard output has stopped reading (`| head`): nothing is wrong, but the work is done.
class ClosedPipe : public std::exception {
 public:
  const char* what() const noexcept override { return "standard output was closed"; }
};

/// Where results go: standard output, or a file that appears under its name only when finish() is called, so that it is
/// always old or complete. It is written without a name where the file system can do that (O_TMPFILE), else beside its
/// place; whatever ends the program, a signal too, leaves nothing behind (but for SIGKILL, where it cannot). What exists
/// and is no regular file (a device, a pipe) is written directly.
/// Made, written and finished on the main thread alone.
class Output {
 public:
  /// "" or "-" is standard output.
  /// @throws InputError where it cannot be written, another output is under way to the same file, or it is one that this
  ///         run has used; finish() asks that again
  explicit Output(const std::filesystem::path& file = {});
  ~Output();  ///< without finish(), a file begun is removed
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// A file that only its owner may read, and that never takes the place of one that is there.
  static Output secret(const std::filesystem::path& file) { return Output(file, Kind::secret); }
  /// A file that this run has read or written before, and now renews.
  static Output renewed(const std::filesystem::path& file) { return Output(file, Kind::renewed); }
  /// A file of a folder, out of which no link leads it, and which is no device or pipe.
  static Output inside(const std::filesystem::path& file) { return Output(file, Kind::inside); }

  /// @throws InputError on a full disk and the like, ClosedPipe where nobody reads standard output any
  ///         more (where SIGPIPE is ignored)
  void write(std::string_view text);
  void finish();  ///< flushes, renames; throws as write() does
  void flush_now() { flush(); }  ///< what somebody waits for
  /// A set: nothing of it appears where one of it cannot be written, and no signal comes between two of it but SIGKILL
  /// and those of a crash.
  /// @returns those that took no other's place
  static std::vector<std::filesystem::path> finish_together(const std::vector<Output*>& set);
  /// Where there is more to write than this, or the exit status tells something: standard output that nobody reads any more is
  /// then no reason to stop.
  void go_on_without_reader() { needs_reader_ = false; }

  bool is_terminal() const;

  /// Whether something of a user's stands there that an output of this name would take the place of: a regular file that
  /// is not empty, and not what the name of an open file (`-`, /dev/stdout) stands for.
  static bool would_replace(const std::filesystem::path& file);

  /// For main(): signals that end the program first remove what is half-written. Other threads must not be sent signals
  /// (base/signals.hpp).
  static void remove_on_signals();

 private:
  enum class Kind { ordinary, secret, renewed, inside };
  Output(const std::filesystem::path& file, Kind kind);

  bool is_to_be_named() const;
  bool replaces() const;
  void verify_room_for_a_name();
  void refuse_used();
  void refuse_twice();
  void open_nameless(unsigned mode);
  void open_beside(unsigned mode);
  void flush();
  void publish();
  void take_name(const std::filesystem::path& name);
  void drop_name() noexcept;
  void close_and_remove() noexcept;
  [[noreturn]] void fail(int error_number);
  [[noreturn]] void refuse(const std::string& why);

  Kind kind_ = Kind::ordinary;
  std::filesystem::path file_;       // as the user named it; empty for standard output
  std::filesystem::path target_;     // file_ with symbolic links followed
  std::filesystem::path temporary_;  // empty where written directly or without a name
  bool nameless_ = false;
  bool needs_reader_ = true, has_reader_ = true;
  int descriptor_ = -1;
  std::string buffer_;

  std::filesystem::path place_;                           // target_ as all its names have it, while it is under way
  static inline std::set<std::filesystem::path> places_;  // of all under way
  bool is_standard_output_ = false;
  static inline bool standard_output_taken_ = false;

  friend struct FileSystemWithoutNamelessFiles;  // the tests'
  static inline bool nameless_files_ = true;

  // What a signal has to remove: a list, since that can be walked where memory cannot be allocated.
  friend void remove_named_temporaries() noexcept;
  static Output* first_named_;
  Output* next_named_ = nullptr;
};

/// A folder for results, made where there is none, with those above it. A set of files takes its names all at once, in
/// keep(), so that a full disk leaves what was there before (of more than `most_begun` files only as far as the last of
/// these steps). Without keep() what is new goes again, folders it had to make as well, also where a signal ends the program.
class OutputFolder {
 public:
  static constexpr std::size_t most_begun = 500;  ///< each is an open file, of which a process may usually have 1024

  /// @throws InputError where it cannot be made
  explicit OutputFolder(std::filesystem::path folder);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// @throws InputError as Output does, and where a link leads `name` out of the folder
  Output file(const std::string& name) const { return Output::inside(folder_ / name); }
  void write(const std::string& name, std::string_view text);
  void keep() { keep_together({this}, {}); }
  /// The files of several folders, and others in `set`: all or nothing.
  static void keep_together(const std::vector<OutputFolder*>& folders, std::vector<Output*> set);

 private:
  friend void remove_new_folders() noexcept;
  void finish_begun();
  void remove_what_is_new() noexcept;

  std::filesystem::path folder_;
  std::vector<std::filesystem::path> made_;  // the innermost first
  static OutputFolder* first_;               // of those there are, for signals
  OutputFolder* next_ = nullptr;
  std::vector<std::unique_ptr<Output>> begun_;
  std::vector<std::filesystem::path> new_files_;  // of those that have their names already
};

}  // namespace gradtrace
