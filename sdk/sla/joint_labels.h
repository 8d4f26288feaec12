#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "sla/embedding.h"

/// @file
/// Joint labels (class, transformation) of self-supervised label augmentation: Lee, Hwang, Shin,
/// "Self-supervised Label Augmentation via Input Transformations", ICML 2020.
namespace sla {

/// The features of each image under t_0: [B, D], from an embedding of M = `transformations`.
at::Tensor identity_rows(const Embedding& embedding, int64_t transformations);

/// Each label repeated M times: [B] to [B*M], entry b*M + j is labels[b].
at::Tensor repeat_labels(const at::Tensor& labels, int64_t transformations);

/// The transformation of each row: [B*M] int64, entry b*M + j is j.
at::Tensor transformation_labels(const at::Tensor& labels, int64_t transformations);

/// The joint label of each row: [B*M] int64, entry b*M + j is labels[b]*M + j.
at::Tensor joint_labels(const at::Tensor& labels, int64_t transformations);

/// SLA+SI, single inference: logits [B, N] for the joint labels (i, 0), from the joint logits
/// [B, N*M] of the identity rows.
at::Tensor single_logits(const at::Tensor& joint_logits, int64_t transformations);

/// SLA+AG, aggregated inference: logits [B, N], the mean over j of row b*M + j's joint logits for
/// the joint labels (i, j), from the joint logits [B*M, N*M] of all rows.
at::Tensor aggregated_logits(const at::Tensor& joint_logits, int64_t transformations);

/// T^2 KL(stop(softmax(teacher/T)) || softmax(student/T)), mean over the batch: SLA+SD's term that
/// distils the aggregated prediction into a head for single inference. Both are [B, N]; the teacher
/// gets no gradient.
at::Tensor distillation_loss(const at::Tensor& teacher, const at::Tensor& student,
                             double temperature);

}  // namespace sla
