# Finds LibTorch 1.13 or 2.x and defines the target LibTorch::LibTorch, with system includes and no
# flags of its own. Searches CMAKE_PREFIX_PATH: the root of the official zip, the `torch`
# wheel's torch.utils.cmake_prefix_path, or the system.
#
# LibTorch's own TorchConfig.cmake is not used: it requires every optional dependency of its build
# (including the CUDA toolkit), sets global flags, and mixes two installations if both exist.

set(hints "")
foreach(prefix IN LISTS CMAKE_PREFIX_PATH LibTorch_ROOT)
  list(APPEND hints "${prefix}" "${prefix}/../..")
endforeach()

find_path(LibTorch_INCLUDE_DIR ATen/core/Tensor.h HINTS ${hints} PATH_SUFFIXES include)
get_filename_component(LibTorch_INCLUDE_DIR "${LibTorch_INCLUDE_DIR}" REALPATH)
get_filename_component(beside_include "${LibTorch_INCLUDE_DIR}" DIRECTORY)

set(LibTorch_LIBRARIES "")
foreach(name torch torch_cpu c10 torch_cuda c10_cuda)
  # Only libraries from the installation whose headers were found.
  find_library(LibTorch_${name}_LIBRARY ${name} PATHS "${beside_include}"
    PATH_SUFFIXES lib "lib/${CMAKE_LIBRARY_ARCHITECTURE}" NO_DEFAULT_PATH)
  if(LibTorch_${name}_LIBRARY)
    list(APPEND LibTorch_LIBRARIES "${LibTorch_${name}_LIBRARY}")
  endif()
  mark_as_advanced(LibTorch_${name}_LIBRARY)
endforeach()

# 2.x moved the version numbers to the second of these files.
foreach(header torch/csrc/api/include/torch/version.h torch/headeronly/version.h)
  if(EXISTS "${LibTorch_INCLUDE_DIR}/${header}")
    file(STRINGS "${LibTorch_INCLUDE_DIR}/${header}" numbers
      REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
    list(TRANSFORM numbers REPLACE "[^0-9]+" "")
    list(JOIN numbers "." LibTorch_VERSION)
  endif()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(LibTorch
  REQUIRED_VARS LibTorch_torch_cpu_LIBRARY LibTorch_c10_LIBRARY LibTorch_INCLUDE_DIR
  VERSION_VAR LibTorch_VERSION
  REASON_FAILURE_MESSAGE "Install libtorch-dev, or point CMAKE_PREFIX_PATH at an official LibTorch.")

if(LibTorch_FOUND AND NOT TARGET LibTorch::LibTorch)
  find_package(Threads REQUIRED)
  # From LibTorch's own include folder, only its headers: the folder also has those of other libraries
  # (such as fmt), which must not shadow the system's.
  if(NOT LibTorch_INCLUDE_DIR STREQUAL "/usr/include")
    set(own_headers "${CMAKE_CURRENT_BINARY_DIR}/libtorch_headers")
    file(MAKE_DIRECTORY "${own_headers}")
    foreach(folder ATen c10 caffe2 torch)
      if(EXISTS "${LibTorch_INCLUDE_DIR}/${folder}")
        file(CREATE_LINK "${LibTorch_INCLUDE_DIR}/${folder}" "${own_headers}/${folder}" SYMBOLIC)
      endif()
    endforeach()
    set(LibTorch_INCLUDE_DIR "${own_headers}")
  endif()
  add_library(LibTorch::LibTorch INTERFACE IMPORTED)
  target_include_directories(LibTorch::LibTorch SYSTEM INTERFACE
    "${LibTorch_INCLUDE_DIR}" "${LibTorch_INCLUDE_DIR}/torch/csrc/api/include")
  target_link_libraries(LibTorch::LibTorch INTERFACE ${LibTorch_LIBRARIES} Threads::Threads)
endif()

# LibTorch::CUDA: what LibTorch's headers for GPUs need besides, CUDA's runtime and NCCL's header, from
# a toolkit or from the wheels beside the `torch` wheel. The code of both comes with LibTorch.
if(LibTorch_torch_cuda_LIBRARY AND NOT TARGET LibTorch::CUDA)
  file(GLOB wheels "${beside_include}/../nvidia/*")
  set(toolkits ${wheels} "$ENV{CUDA_HOME}" /usr/local/cuda)
  find_path(LibTorch_CUDA_INCLUDE_DIR cuda_runtime_api.h HINTS ${toolkits} PATH_SUFFIXES include)
  find_path(LibTorch_NCCL_INCLUDE_DIR nccl.h HINTS ${toolkits} PATH_SUFFIXES include)
  mark_as_advanced(LibTorch_CUDA_INCLUDE_DIR LibTorch_NCCL_INCLUDE_DIR)
  if(LibTorch_CUDA_INCLUDE_DIR AND LibTorch_NCCL_INCLUDE_DIR)
    add_library(LibTorch::CUDA INTERFACE IMPORTED)
    target_include_directories(LibTorch::CUDA SYSTEM INTERFACE
      "${LibTorch_CUDA_INCLUDE_DIR}" "${LibTorch_NCCL_INCLUDE_DIR}")
    target_link_libraries(LibTorch::CUDA INTERFACE LibTorch::LibTorch)
  else()
    message(STATUS "LibTorch has CUDA, but cuda_runtime_api.h or nccl.h is missing: several "
      "processes will not train on GPUs, and steps will not run as CUDA graphs")
  endif()
endif()
