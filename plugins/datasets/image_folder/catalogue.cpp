#include "catalogue.h"

#include <sla/digest.h>

#include <chrono>
#include <cmath>
#include <exception>
#include <utility>

#include <nlohmann/json.hpp>

#include "catalogue_file.h"
#include "hold_out.h"

namespace image_folder {

namespace {

std::string text(double number) { return nlohmann::json(number).dump(); }

/// Which catalogue it is: equal for the same folder and options.
std::string key_of(const CatalogueOptions& options) {
  std::string key = options.root.string();
  for (const std::string& split : options.layout.splits) key += '\n' + split;
  key += '\n' + options.layout.images + '\n' + text(options.held_out_validation) + ' ' +
         text(options.held_out_test) + ' ' + std::to_string(options.split_seed) +
         (options.disjoint_classes ? " disjoint" : "") + (options.skip_unreadable ? " skip" : "");
  return sla::digest(sla::Digest::sha256, std::as_bytes(std::span(key)));
}

std::string origin_of(const std::string& found, double fraction, int64_t seed) {
  if (!found.empty()) return found;
  if (fraction <= 0) return "none";
  return text(std::round(1e4 * fraction) / 100) + " % of each class's training images, seed " +
         std::to_string(seed);
}

std::string summary(const Catalogue& catalogue) {
  const auto& [table, _, facts] = catalogue;
  std::string line = std::to_string(table.class_names.size()) + " classes";
  for (const auto& [split, fact] : {std::pair(sla::Split::train, "train"),
                                    {sla::Split::validation, "validation"},
                                    {sla::Split::test, "test"}}) {
    line += "; " + std::string(split_text(split)) + ": " + std::to_string(table.of(split).size()) +
            " images, " + facts.at(fact);
  }
  return line;
}

Catalogue read(const CatalogueOptions& options, Listing& listing, sla::Host& host) {
  const FoundLayout layout = read_layout(listing, options.layout);
  listing.leave_out_undecodable(host);
  Catalogue catalogue{listing.take_table(), listing.take_remarks(), {}};
  FileTable& table = catalogue.table;
  const double validation = layout[1].empty() ? options.held_out_validation : 0;
  const double test = layout[2].empty() ? options.held_out_test : 0;
  hold_out(table, validation, test, options.split_seed);
  check_table(table, options.disjoint_classes);

  auto& facts = catalogue.facts;
  facts["train"] = layout[0];
  facts["validation"] = origin_of(layout[1], validation, options.split_seed);
  facts["test"] = origin_of(layout[2], test, options.split_seed);
  facts["files_sha256"] = digest_of(table);
  catalogue.remarks.insert(catalogue.remarks.begin(), summary(catalogue));
  return catalogue;
}

}  // namespace

Catalogue load_catalogue(const CatalogueOptions& options, sla::Host& host) {
  const CatalogueFile file(host.cache_directory() / "image_folder" / (key_of(options) + ".files"));
  if (auto known = file.read(options.root)) return std::move(*known);
  const auto now = std::chrono::system_clock::now();
  Listing listing(options.root, options.skip_unreadable);
  Catalogue catalogue = read(options, listing, host);
  try {
    file.write(catalogue, listing.sources(), now);
  } catch (const std::exception& error) {
    host.log(sla::LogLevel::warning, std::string("cannot keep the list of files: ") + error.what());
  }
  return catalogue;
}

}  // namespace image_folder
