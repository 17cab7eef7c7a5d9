import { expect, test } from 'vitest'
import { medianOf, quantileOf } from './statistics.ts'

test('the median of an even number of values lies between the middle two', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5)
  expect(medianOf([9, 1, 5])).toBe(5)
})

test('a quantile is one of the values, the highest for the last percent of few', () => {
  expect(quantileOf([10, 30, 20], 0.5)).toBe(20)
  expect(quantileOf([10, 30, 20], 0.99)).toBe(30)
  expect(quantileOf([], 0.5)).toBeNaN()
})
