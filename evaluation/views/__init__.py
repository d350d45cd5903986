"""Pages of evaluation: thin views that fetch what may be seen, bind a form and make one service call."""
