#pragma once

#include <map>
#include <string>
#include <vector>

#include "host/evaluation/evaluation.h"
#include "host/evaluation/logits.h"

namespace host::evaluation {

/// Networks that were trained independently, scored together. The probabilities of a prediction are
/// the mean of its members' (Lakshminarayanan, Pritzel, Blundell, NeurIPS 2017, section 2.4):
/// p = 1/K sum_k softmax(z_k) for the logits z_k of member k of K.
class Ensemble {
 public:
  /// Adds a member that scored a split. Throws ExperimentError if another dataset, other images,
  /// labels, classes or transformations than those of the first member were scored, or if it shares
  /// no prediction with the others.
  void add(const std::string& source, const assembly::Assembly& assembly,
           const ScoredLogits& scored);

  /// Logits, log p, of the predictions that all members have.
  ScoredLogits scored() const;

  /// The metrics of scored().
  Evaluation evaluation() const;

 private:
  void require_same(const std::string& source, const assembly::Assembly& assembly,
                    const ScoredLogits& scored) const;

  std::vector<std::string> sources_;
  ScoredLogits sums_;  // logits: the logarithms of the sums of the members' probabilities
  // Of the first member.
  std::vector<std::string> class_names_;
  std::string dataset_;
  std::string transformations_;
  ClassGroups groups_;
};

}  // namespace host::evaluation
