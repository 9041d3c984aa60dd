/* eigen.h - the eigenvalues and eigenvectors of a symmetric matrix, the same bits on every machine.
 *
 * Householder reflections to a tridiagonal matrix, then implicit QR steps with Wilkinson's shift (Golub and Van Loan,
 * Matrix Computations, 4th ed., 8.3), in float64, in a fixed order, with no function of the C library but sqrt. Rows
 * and columns are taken in the order of their diagonal, the largest first, so that small eigenvalues do not drown where
 * columns are of very different sizes; of the diagonal that is then graded, QR finds the smallest first. */
#ifndef QUERN_VECTORS_EIGEN_H
#define QUERN_VECTORS_EIGEN_H

#include <stddef.h>

/* matrix: count x count, finite, symmetric. Afterwards row k is the eigenvector of values[k], of length 1, and values
 * descend. An error is of the order of count * 2^-53 times the largest eigenvalue. Takes memory for count * count
 * numbers more. 0, or -1 with the message if it does not converge, which no matrix is known to cause. */
int eigen_symmetric(double *matrix, size_t count, double *values);

/* Negates a vector if its largest component, of equally large ones the first, is negative. */
void eigen_orient(double *vector, size_t count);

#endif
