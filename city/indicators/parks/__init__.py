"""Indicators of industrial parks and plants: formulas with numerator, denominator, coverage and quality."""
