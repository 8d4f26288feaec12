#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "sla/objective.h"

/// @file
/// Joint labels (class, transformation) of self-supervised label augmentation: Lee, Hwang, Shin,
/// "Self-supervised Label Augmentation via Input Transformations", ICML 2020.
namespace sla {

/// The features of t_0 of each image: [B, D] out of an embedding of `transformations` M.
at::Tensor identity_rows(const Embedding& embedding, int64_t transformations);

/// Each label M times: [B] to [B*M], entry b*M + j is labels[b].
at::Tensor repeat_labels(const at::Tensor& labels, int64_t transformations);

/// The transformation of each row: [B*M] int64, entry b*M + j is j.
at::Tensor transformation_labels(const at::Tensor& labels, int64_t transformations);

/// The joint label of each row: [B*M] int64, entry b*M + j is labels[b]*M + j.
at::Tensor joint_labels(const at::Tensor& labels, int64_t transformations);

/// SLA+SI, single inference: logits [B, N] at the joint labels (i, 0), out of the joint logits
/// [B, N*M] of the identity rows.
at::Tensor single_logits(const at::Tensor& joint_logits, int64_t transformations);

/// SLA+AG, aggregated inference: logits [B, N], the mean over j of the joint logits of row b*M + j
/// at the joint labels (i, j), out of the joint logits [B*M, N*M] of all rows.
at::Tensor aggregated_logits(const at::Tensor& joint_logits, int64_t transformations);

/// T^2 KL(stop(softmax(teacher/T)) || softmax(student/T)), mean over the batch: what SLA+SD adds to
/// teach the aggregated prediction to a head for single inference. Both [B, N]; no gradient reaches
/// the teacher.
at::Tensor distillation_loss(const at::Tensor& teacher, const at::Tensor& student,
                             double temperature);

}  // namespace sla
