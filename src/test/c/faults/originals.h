#pragma once

/* Any C function of up to six arguments, none of them a floating-point number: in registers these are all alike. */
typedef long (*any_function)(long, long, long, long, long, long);

any_function find_original(const char *name);
