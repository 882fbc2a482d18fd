"""Where everything is kept: a store saves and finds, and knows no rule. All stores pass one suite."""
